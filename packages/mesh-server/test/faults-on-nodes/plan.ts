import type { Random } from "../../fuzz/random.ts";

export const faultKinds = [
  "kill-node",
  /** SIGSTOP, for longer than a lease. */
  "stop-node",
  "kill-postgres",
  /** Between a node and PostgreSQL: all connections end, and none can be opened for a while. */
  "cut-postgres",
  /** Nothing arrives for a while, and nobody is told. */
  "silence-postgres",
  /** All connections end, again and again: some while a COMMIT is on its way, or its answer. */
  "tear-postgres",
  "fail-over",
  "kill-s3",
  "cut-s3",
  "silence-s3",
  "tear-s3",
] as const;
export type FaultKind = (typeof faultKinds)[number];

export interface Fault {
  readonly kind: FaultKind;
  readonly node: number;
  /** Until it is put right. */
  readonly forMs: number;
  /** Before the next one begins, from its own beginning. */
  readonly restMs: number;
  /** From one tear to the next. */
  readonly everyMs: number;
}

export interface PlanOptions {
  readonly faults: number;
  readonly nodes: number;
  readonly kinds?: readonly FaultKind[];
  readonly longestMs: number;
  /** How long a node is stopped at least. */
  readonly stopMs: number;
}

/** All kinds, dealt like cards: of as many faults as there are kinds, each is one. */
export function planFaults(
  random: Random,
  { faults, nodes, kinds = faultKinds, longestMs, stopMs }: PlanOptions,
): Fault[] {
  const plan: Fault[] = [];
  let left: FaultKind[] = [];
  while (plan.length < faults) {
    if (left.length === 0) left = [...kinds];
    const [kind] = left.splice(random.below(left.length), 1) as [FaultKind];
    plan.push({
      kind,
      node: random.below(nodes),
      forMs: kind === "stop-node" ? stopMs + random.below(longestMs) : random.below(longestMs),
      restMs: 200 + random.below(longestMs),
      everyMs: 30 + random.below(120),
    });
  }
  return plan;
}
