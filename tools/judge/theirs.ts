import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { placeOf } from "./places.ts";
import type { Judged, Problem } from "./problem.ts";

/** Which version of HAPI it was, and which definitions it had beside those of FHIR. */
export interface Definitions {
  hapi: string;
  profiles: number;
  valueSets: number;
  codeSystems: number;
  /** Profiles that the others refer to and that are not there: the bare type of FHIR stood in. */
  standIns: readonly string[];
  /** Files that hold no resource of STU3. */
  passedOver: readonly string[];
}

interface Answer {
  file: string;
  milliseconds: number;
  processor: number;
  problems: readonly {
    severity: string;
    kind: string | null;
    location: string | null;
    line?: number | null;
    text: string;
  }[];
}

const target = fileURLToPath(new URL("target/", import.meta.url));

/** Whether `npm run build` has been here. */
export function isBuilt(): boolean {
  return existsSync(`${target}classes`) && existsSync(`${target}lib`);
}

/** What HAPI says of each file: one Java machine for all of them, which validates `warm` of them beforehand. */
export async function judgedByThem(
  files: readonly string[],
  warm: number,
  definitions: string | undefined,
): Promise<{ definitions: Definitions; judged: Map<string, Judged> }> {
  const classPath = `${target}classes:${target}lib/*`;
  const child = spawn(
    "java",
    ["-cp", classPath, "restante.judge.Judge", String(warm), ...(definitions === undefined ? [] : [definitions])],
    { stdio: ["pipe", "pipe", "inherit"] },
  );
  const trouble = new Promise<string | undefined>((resolve) => {
    child.once("error", ({ message }) => resolve(message));
    child.once("close", (status) => resolve(status === 0 ? undefined : `java ended with ${String(status)}`));
  });
  // Whoever dies of its input says why on its error stream.
  child.stdin.on("error", () => undefined);
  child.stdin.end(files.map((file) => `${file}\n`).join(""));
  let known: Definitions | undefined;
  const judged = new Map<string, Judged>();
  for await (const line of createInterface({ input: child.stdout })) {
    if (known === undefined) {
      known = JSON.parse(line) as Definitions;
    } else {
      const { file, milliseconds, processor, problems } = JSON.parse(line) as Answer;
      judged.set(file, { milliseconds, processor, problems: problems.map(problemOf) });
      if (judged.size % 500 === 0) process.stderr.write(`HAPI: ${judged.size} of ${files.length}\n`);
    }
  }
  const ended = await trouble;
  if (ended !== undefined || known === undefined) throw new Error(ended ?? "HAPI said nothing");
  return { definitions: known, judged };
}

function problemOf({ severity, kind, location, line, text }: Answer["problems"][number]): Problem {
  const isError = severity === "error" || severity === "fatal";
  return {
    severity: isError ? "error" : severity === "warning" ? "warning" : "information",
    kind: kind ?? text,
    place: placeOf(location ?? ""),
    line: typeof line === "number" && line > 0 ? line : undefined,
    text,
  };
}
