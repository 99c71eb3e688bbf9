import { reasonBeyond } from "./beyond.ts";
import { areNear } from "./places.ts";
import type { Judged, Problem } from "./problem.ts";

/** Who says that a file holds an error. */
export const verdicts = ["both", "ours only", "theirs only", "neither"] as const;

export type Verdict = (typeof verdicts)[number];

/** One kind of error, of one of the two, over all files. */
export interface KindOfError {
  kind: string;
  /** In how many files it is said. */
  files: number;
  /** Those of them in which the other says an error of the same place. */
  error: number;
  /** Of the same place, but only a warning. */
  warning: number;
  /** An error of another place only. */
  elsewhere: number;
  /** No error at all. */
  nothing: number;
  /** The first of those that the other says least of. */
  example: { file: string; place: string; text: string };
}

export interface Message {
  file: string;
  verdict: Verdict;
  /** The errors that each says. */
  ours: readonly Problem[];
  theirs: readonly Problem[];
}

export interface Comparison {
  messages: readonly Message[];
  theirs: readonly KindOfError[];
  ours: readonly KindOfError[];
  /** Errors of theirs that are none for us: in how many files, and why they do not count. */
  beyond: readonly { kind: string; files: number; reason: string }[];
}

/** Holds what the two say of the same files against each other. */
export function compare(ours: ReadonlyMap<string, Judged>, theirs: ReadonlyMap<string, Judged>): Comparison {
  const messages: Message[] = [];
  const ourKinds = new Map<string, KindOfError>();
  const theirKinds = new Map<string, KindOfError>();
  const setAside = new Map<string, { kind: string; files: number; reason: string }>();
  for (const [file, { problems: mine }] of ours) {
    const said = theirs.get(file)?.problems ?? [];
    const held = said.filter((problem) => reasonBeyond(problem) === undefined);
    messages.push({ file, verdict: verdictOf(mine, held), ours: mine.filter(isError), theirs: held.filter(isError) });
    count(ourKinds, file, mine, held);
    count(theirKinds, file, held, mine);
    for (const [reason, [first]] of Map.groupBy(said.filter(isError), reasonBeyond)) {
      if (reason === undefined || first === undefined) continue;
      const count = (setAside.get(reason)?.files ?? 0) + 1;
      setAside.set(reason, { kind: first.kind, reason, files: count });
    }
  }
  return { messages, ours: sorted(ourKinds), theirs: sorted(theirKinds), beyond: [...setAside.values()] };
}

function verdictOf(ours: readonly Problem[], theirs: readonly Problem[]): Verdict {
  if (ours.some(isError)) return theirs.some(isError) ? "both" : "ours only";
  return theirs.some(isError) ? "theirs only" : "neither";
}

function isError({ severity }: Problem): boolean {
  return severity === "error";
}

type Agreement = "nothing" | "elsewhere" | "warning" | "error";

// From the least that the other can say of a place to the most.
const agreements: readonly Agreement[] = ["nothing", "elsewhere", "warning", "error"];

/** Counts the kinds of error that one says of a file, each by what the other says least of. */
function count(
  kinds: Map<string, KindOfError>,
  file: string,
  said: readonly Problem[],
  byOther: readonly Problem[],
): void {
  for (const [kind, ofKind] of Map.groupBy(said.filter(isError), (problem) => problem.kind)) {
    const [least] = ofKind
      .map((problem) => ({ problem, agreement: agreementOn(problem, byOther) }))
      .toSorted((a, b) => agreements.indexOf(a.agreement) - agreements.indexOf(b.agreement));
    if (least === undefined) continue;
    const { place, text } = least.problem;
    const example = { file, place, text };
    const known = kinds.get(kind) ?? { kind, files: 0, error: 0, warning: 0, elsewhere: 0, nothing: 0, example };
    const before = agreements.findIndex((agreement) => known[agreement] > 0);
    if (before > agreements.indexOf(least.agreement)) known.example = example;
    known.files += 1;
    known[least.agreement] += 1;
    kinds.set(kind, known);
  }
}

function agreementOn({ place, line }: Problem, byOther: readonly Problem[]): Agreement {
  const near = byOther.filter((other) => areNear(place, other.place) || (line !== undefined && line === other.line));
  if (near.some(isError)) return "error";
  if (near.some(({ severity }) => severity === "warning")) return "warning";
  return byOther.some(isError) ? "elsewhere" : "nothing";
}

// What the other says nothing of first: that is what there is to look at.
function sorted(kinds: ReadonlyMap<string, KindOfError>): KindOfError[] {
  return [...kinds.values()].toSorted(
    (a, b) => b.nothing - a.nothing || b.elsewhere - a.elsewhere || b.files - a.files,
  );
}
