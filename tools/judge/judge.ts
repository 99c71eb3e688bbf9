// Holds our check against HAPI's validator of FHIR STU3 over the same files, and prints where they differ.
import { parseArgs } from "node:util";
import { compare } from "./compare.ts";
import { messagesAt } from "./files.ts";
import { judgedByUs } from "./ours.ts";
import type { Judged } from "./problem.ts";
import { type Outcome, tableOf, type Taken } from "./table.ts";
import { isBuilt, judgedByThem } from "./theirs.ts";

const help = `npm run judge -- PATH ... [--definitions PATH] [--warm NUMBER] [--json]

Holds ITK3 messages against HAPI's validator of FHIR STU3 and against our check, and prints what both, only ours and only
theirs say is wrong: by file, by kind, and by place. PATH is a message, or a folder with .xml, .dat and .json in and below it.

  --definitions PATH  profiles, value sets and code systems beside those of FHIR: a folder of .xml and .json, or a .tgz
  --warm NUMBER       how many files each of the two is given beforehand, so that what is timed is warm (200)
  --json              the whole comparison as JSON in the place of the table
  --help              this

Exit status: 0 both say of every file that there is an error, or that there is none; 1 they differ; 2 there are no files, or
HAPI cannot be run.
`;

process.exitCode = await main(process.argv.slice(2));

async function main(words: readonly string[]): Promise<number> {
  const options = optionsOf(words);
  if (typeof options === "string") return failed(options);
  if (options.help) {
    process.stdout.write(help);
    return 0;
  }
  if (!isBuilt()) return failed("HAPI is not here: npm run build brings it, with Maven.");
  try {
    const files = messagesAt(options.paths);
    if (files.length === 0) return failed("There are no messages there.");
    const outcome = await judged(files, options);
    process.stdout.write(options.json ? `${JSON.stringify(outcome, null, 2)}\n` : tableOf(outcome, 240));
    return outcome.comparison.messages.every(({ verdict }) => verdict === "both" || verdict === "neither") ? 0 : 1;
  } catch (error) {
    return failed(error instanceof Error ? error.message : String(error));
  }
}

interface Options {
  paths: readonly string[];
  definitions: string | undefined;
  warm: number;
  json: boolean;
  help: boolean;
}

/** The options, or what is wrong with them. */
function optionsOf(words: readonly string[]): Options | string {
  try {
    const { values, positionals } = parseArgs({
      args: [...words],
      allowPositionals: true,
      options: {
        definitions: { type: "string" },
        warm: { type: "string", default: "200" },
        json: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    });
    if (!/^\d{1,6}$/.test(values.warm)) return "--warm takes a number.";
    const { definitions, json } = values;
    return {
      paths: positionals,
      definitions,
      warm: Number(values.warm),
      json,
      help: values.help || words.length === 0,
    };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function judged(files: readonly string[], { definitions: path, warm }: Options): Promise<Outcome> {
  // One after the other: neither is to take the other's processor.
  const { definitions, judged: theirs } = await judgedByThem(files, warm, path);
  const ours = judgedByUs(files, warm);
  return { definitions, timing: { ours: takenBy(ours), theirs: takenBy(theirs) }, comparison: compare(ours, theirs) };
}

function takenBy(judgements: ReadonlyMap<string, Judged>): Taken {
  const taken = { clock: 0, processor: 0 };
  for (const { milliseconds, processor } of judgements.values()) {
    taken.clock += milliseconds / judgements.size;
    taken.processor += processor / judgements.size;
  }
  return taken;
}

function failed(text: string): number {
  process.stderr.write(`${text}\n`);
  return 2;
}
