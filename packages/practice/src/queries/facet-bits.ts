import type { TaskState } from "../lists.ts";
import type { TaskSummary } from "../worklist.ts";
import type { MatchOutcome, TaskFlag, TaskKind } from "../task-facts.ts";

// The bits of a task in task_facet, one for each thing that a filter asks for: see store/migrations/task-facets.ts and work-facets.ts. Of each of
// these a task has one, but of flags any number.

export const stateBits: Readonly<Record<Exclude<TaskState, "removed"> | "attention", number>> = {
  open: 1,
  completed: 2,
  replaced: 4,
  attention: 8,
};

export const recipientTypeBits: Readonly<Record<NonNullable<TaskSummary["recipientType"]>, number>> = {
  FA: 16,
  FI: 32,
};

export const kindBits: Readonly<Record<TaskKind, number>> = { document: 64, refused: 128, "set-aside": 256 };

export const matchBits: Readonly<Record<MatchOutcome, number>> = {
  "not-checked": 512,
  waiting: 1024,
  known: 2048,
  "recently-deceased": 4096,
  "no-longer-here": 8192,
  "not-known": 16384,
  doubtful: 262_144,
};

export const flagBits: Readonly<Record<TaskFlag, number>> = {
  replacement: 32768,
  duplicate: 65536,
  "potential-duplicate": 131072,
  "matched-by-hand": 524_288,
};

export const urgentBit = 1_048_576;

/** All that are asked for of one thing. */
export function bitsOf<Name extends string>(bits: Readonly<Record<Name, number>>, names: readonly Name[]): number {
  return names.reduce((all, name) => all | bits[name], 0);
}
