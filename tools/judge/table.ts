import { type Comparison, type KindOfError, verdicts } from "./compare.ts";
import type { Definitions } from "./theirs.ts";

/** What one of the two takes for a message, warm and one after another, in milliseconds. */
export interface Taken {
  clock: number;
  processor: number;
}

export interface Timing {
  ours: Taken;
  theirs: Taken;
}

export interface Outcome {
  definitions: Definitions;
  timing: Timing;
  comparison: Comparison;
}

/** The outcome for a person, in lines of at most `width` characters. */
export function tableOf({ definitions, timing, comparison }: Outcome, width: number): string {
  const { messages, ours, theirs, beyond } = comparison;
  return [
    `${messages.length} files; HAPI ${definitions.hapi} with ${definitionsOf(definitions)}`,
    "",
    "an error is said by",
    ...verdicts.map((verdict) => {
      const count = messages.filter((message) => message.verdict === verdict).length;
      return `  ${verdict.padEnd(12)}${String(count).padStart(7)}`;
    }),
    "",
    "What HAPI says, and what our check says of the same place",
    ...kindsOf(theirs, width),
    "",
    "What our check says, and what HAPI says of the same place",
    ...kindsOf(ours, width),
    ...(beyond.length === 0 ? [] : ["", "Errors to HAPI that are none for us, not counted above"]),
    ...beyond.map(({ kind, files: count, reason }) => `${String(count).padStart(7)}  ${kind}: ${reason}`),
    "",
    `a message takes us ${takenOf(timing.ours)}, HAPI ${takenOf(timing.theirs)}: ` +
      `${(timing.theirs.processor / timing.ours.processor).toFixed(0)} times the processor time`,
    "",
  ].join("\n");
}

function takenOf({ clock, processor }: Taken): string {
  return `${processor.toFixed(2)} ms of the processor (${clock.toFixed(2)} by the clock)`;
}

function definitionsOf({ profiles, valueSets, codeSystems, standIns, passedOver }: Definitions): string {
  if (profiles + valueSets + codeSystems === 0) return "FHIR's own definitions alone";
  return (
    `${profiles} profiles, ${valueSets} value sets, ${codeSystems} code systems; ${standIns.length} profiles that these refer ` +
    `to are not there, and the bare type stands in; ${passedOver.length} files passed over`
  );
}

const columns = ["files", "error", "warning", "elsewhere", "nothing"] as const;

function kindsOf(kinds: readonly KindOfError[], width: number): string[] {
  const name = Math.min(60, Math.max(4, ...kinds.map(({ kind }) => kind.length)));
  const head = columns.map((column) => column.padStart(10)).join("");
  return [
    `  ${"kind".padEnd(name)}${head}`,
    ...kinds.flatMap((kind) => {
      const counts = columns.map((column) => String(kind[column]).padStart(10)).join("");
      const { file, place, text } = kind.example;
      return [`  ${cut(kind.kind, name).padEnd(name)}${counts}`, cut(`      ${file} ${place}: ${text}`, width)];
    }),
  ];
}

function cut(text: string, length: number): string {
  const line = text.replaceAll(/\s+/g, (space) => (space.startsWith(" ") ? space : " "));
  return line.length > length ? `${line.slice(0, length - 1)}…` : line;
}
