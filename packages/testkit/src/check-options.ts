import { TestkitError } from "./errors.ts";
import type { StartOptions } from "./options.ts";

type Kind = "flag" | "port" | "text" | "list" | "object";

const kinds: Readonly<Record<keyof StartOptions, Kind>> = {
  port: "port",
  process: "flag",
  tls: "flag",
  mailboxes: "list",
  sharedKey: "text",
  workflows: "list",
  enforceWorkflows: "flag",
  patients: "list",
  demographics: "object",
  dataFolder: "text",
  cacheFolder: "text",
  settings: "object",
};

const tests: Readonly<Record<Kind, { fits: (value: unknown) => boolean; words: string }>> = {
  flag: { fits: (value) => typeof value === "boolean", words: "true or false" },
  port: {
    fits: (value) => Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 65_535,
    words: "0 to 65535",
  },
  text: { fits: (value) => typeof value === "string" && value !== "", words: "a text" },
  list: { fits: Array.isArray, words: "a list" },
  object: { fits: (value) => typeof value === "object" && value !== null && !Array.isArray(value), words: "an object" },
};

/** What belongs to a setting is told by the server, which knows them all. */
const notSettings = new Set<string>(["plain", "tls", "control", "admin", "acceptClock", ...Object.keys(kinds)]);

/**
 * Before anything is made: a word that is not known is a mistake, not a wish that nobody heard.
 * @throws {TestkitError} `options-invalid`, with every problem
 */
export function checkStartOptions(options: StartOptions): void {
  const problems = Object.entries(options).flatMap(([name, value]) => {
    if (!Object.hasOwn(kinds, name)) return [`${name}: there is no such option`];
    const test = tests[kinds[name as keyof StartOptions]];
    return value === undefined || test.fits(value) ? [] : [`${name}: must be ${test.words}`];
  });
  if (options.demographics !== undefined && options.process === true) {
    problems.push("demographics: cannot be asked by another process; give it patients");
  }
  if (options.demographics !== undefined && options.patients !== undefined) {
    problems.push("demographics: takes the place of patients; give one of them");
  }
  for (const name of Object.keys(options.settings ?? {})) {
    if (notSettings.has(name)) problems.push(`settings.${name}: is not a setting here; see the options of startServer`);
  }
  for (const list of ["mailboxes", "workflows"] as const) {
    const id = list === "mailboxes" ? "mailboxId" : "workflowId";
    const given: unknown = options[list];
    for (const [index, entry] of (Array.isArray(given) ? given : []).entries()) {
      if (!names(entry, id)) problems.push(`${list}[${index}]: must be an id, or an object with ${id}`);
    }
  }
  if (problems.length === 0) return;
  throw new TestkitError(
    "options-invalid",
    `The options of startServer:\n${problems.map((one) => `  ${one}`).join("\n")}`,
  );
}

function names(entry: unknown, id: string): boolean {
  if (typeof entry === "string") return entry !== "";
  return typeof entry === "object" && entry !== null && typeof (entry as Record<string, unknown>)[id] === "string";
}
