import { existsSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { slowFiles } from "./slow-files.ts";

// `npm run test:fast` takes a file by what it imports, itself and through what stands beside it in the tests: one that
// can start a process or a browser is left out. What takes many seconds by itself is named in slow-files.ts.

const browsers = new Set(["playwright-core", "@sparticuz/chromium"]);
const processes = new Set([...browsers, "node:child_process", "node:cluster"]);
const kits: ReadonlySet<string> = new Set(["testbed", "testkit"]);
const packages = fileURLToPath(new URL("../../packages/", import.meta.url));

export function isFast(file: string): boolean {
  return !slowFiles.includes(relative("", resolve(file)).replaceAll("\\", "/")) && !startsProcesses(file);
}

/** Whether a test file, or what it takes from the tests beside it and from the testbed, can start a process. */
export function startsProcesses(file: string): boolean {
  return takes(processes, file, new Set());
}

export function startsBrowser(file: string): boolean {
  return takes(browsers, file, new Set());
}

function takes(wanted: ReadonlySet<string>, file: string, seen: Set<string>): boolean {
  if (seen.has(file)) return false;
  seen.add(file);
  return importsOf(readFileSync(file, "utf8")).some(({ names, from }) => {
    if (wanted.has(from)) return true;
    return placesOf(from, names, file).some((place) => takes(wanted, place, seen));
  });
}

interface Import {
  /** Absent: all. */
  names: readonly string[] | undefined;
  from: string;
}

/** What a module imports, but for its types. */
function importsOf(text: string): Import[] {
  const statements = text.matchAll(/^(?:import|export)\s+(?!type\s)(?:([^;"']*?)\sfrom\s+)?"([^"]+)"/gm);
  const dynamic = text.matchAll(/\bimport\(\s*()"([^"]+)"/g);
  return [...statements, ...dynamic].map(([, words, from = ""]) => ({ names: namesIn(words), from }));
}

function namesIn(words: string | undefined): string[] | undefined {
  const [, list] = /^\{([^}]*)\}$/.exec(words?.trim() ?? "") ?? [];
  const names = list?.split(",").map((name) => name.trim());
  return names?.filter((name) => name !== "" && !name.startsWith("type ")).map((name) => name.split(/\s+as\s+/)[0]!);
}

/** Where to look on: tests, the testbed and the testkit, of which only what is taken. Sources are what is tested. */
function placesOf(from: string, names: readonly string[] | undefined, file: string): string[] {
  if (from.startsWith(".")) {
    const place = resolve(dirname(file), from);
    return existsSync(place) && place.endsWith(".ts") && !place.includes("/src/") ? [place] : [];
  }
  const [, kit = ""] = /^@restante\/(\w+)/.exec(from) ?? [];
  if (!kits.has(kit)) return [];
  const folder = join(packages, kit);
  const { exports } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as {
    exports: Record<string, Record<string, string>>;
  };
  const index = join(folder, exports[from.replace(`@restante/${kit}`, ".")]!["@restante/source"]!);
  const taken = importsOf(readFileSync(index, "utf8")).filter(
    (line) => names === undefined || line.names === undefined || line.names.some((name) => names.includes(name)),
  );
  return taken.filter((line) => line.from.startsWith(".")).map((line) => resolve(dirname(index), line.from));
}
