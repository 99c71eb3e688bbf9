import { readFileSync } from "node:fs";
import { performance } from "node:perf_hooks";
import { cpuUsage } from "node:process";
import { check, type CheckResult, type Finding, readMessage } from "../../packages/itk3/src/index.ts";
import type { Judged, Problem } from "./problem.ts";

/** What our check says of each file; `warm` files are checked beforehand, so that what is timed is warm. */
export function judgedByUs(files: readonly string[], warm: number): Map<string, Judged> {
  for (let done = 0; done < warm && files.length > 0; done += 1) {
    checked(readFileSync(files[done % files.length] ?? ""));
  }
  const found = new Map<string, Judged>();
  for (const file of files) {
    const bytes = readFileSync(file);
    const before = performance.now();
    const processorBefore = cpuUsage();
    const { findings } = checked(bytes);
    const { user, system } = cpuUsage(processorBefore);
    const milliseconds = performance.now() - before;
    const problems = findings.map(problemOf);
    found.set(file, { milliseconds, processor: (user + system) / 1000, problems });
  }
  return found;
}

function checked(bytes: Buffer): CheckResult {
  return check(readMessage(bytes));
}

function problemOf({ severity, id, location, line, text }: Finding): Problem {
  // A person must look: neither an error nor a warning, and so nothing of theirs.
  const known = severity === "error" || severity === "warning" ? severity : "information";
  return { severity: known, kind: id, place: location, line, text };
}
