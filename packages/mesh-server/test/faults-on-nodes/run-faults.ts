import { setTimeout as delay } from "node:timers/promises";
import type { TestContext } from "node:test";

import { testMailboxes, waitFor } from "@restante/testbed";

import { type Cluster, startCluster } from "./cluster.ts";
import { type Entry, type Found, historyOf } from "./history.ts";
import { judge, type Problem } from "./judge.ts";
import { inboxes, MOST_WAITING, senders } from "./letters.ts";
import { type Fault, planFaults, type PlanOptions } from "./plan.ts";
import { readEnding } from "./read-ending.ts";
import { empty, list } from "./receive.ts";
import { createRun, type Run } from "./run.ts";
import { sendLetters } from "./send.ts";

export interface FaultsOptions extends Omit<PlanOptions, "nodes"> {
  readonly seed: number;
  /** Between what one sender, or one recipient, does; half of it at the least, twice at the most. */
  readonly pauseMs: number;
  readonly onStruck?: (fault: Fault, entries: readonly Entry[]) => void;
}

export interface FaultsResult {
  readonly counts: Readonly<Record<string, number>>;
  readonly problems: readonly Problem[];
  /** With the history of each message concerned. */
  readonly words: string;
}

/** What is on its way when all is put right again has so long to arrive. */
const SETTLE_MS = 40_000;
/** Between a fault and the next so many are accepted at the least, in so long at the most. */
const ACCEPTED_BETWEEN = 5;
const GO_ON_MS = 120_000;
const MOST_AT_ONCE = 3;
const PROBLEMS_SHOWN = 5;

/** Four nodes under load, and faults. */
export async function runFaults(t: Pick<TestContext, "after">, options: FaultsOptions): Promise<FaultsResult> {
  const cluster = await startCluster(t);
  await using run = createRun(cluster.nodes, options.seed);
  await cluster.nodes[0]!.operate("closeMailbox", inboxes.closed, "for the run");
  const [sendingOver, receivingOver] = [new AbortController(), new AbortController()];
  const sending = senders.map((sender) => sendLetters(run, sender, options.pauseMs, sendingOver.signal));
  const receiving = recipients(run, options.pauseMs, receivingOver.signal);
  const working = Promise.all([...sending, ...receiving]).then(() => []);
  let [struck, ended]: [readonly Fault[], readonly number[]] = [[], []];
  try {
    // A defect of the run itself ends it at once.
    struck = await Promise.race([strikeAll(cluster, run, options), working]);
    sendingOver.abort();
    await Promise.all(sending);
    ended = cluster.ended();
    // What a node has in hand for somebody who gave it up ends with it.
    await cluster.restart();
    await haveRoom(run);
  } finally {
    sendingOver.abort();
    receivingOver.abort();
    await Promise.allSettled([...sending, ...receiving]);
  }
  const problems = await settle(run);
  for (const node of ended) problems.push({ what: `node ${node} ended by itself`, about: [] });
  return { counts: countAll(run, struck), problems, words: wordsOf(run, options.seed, problems) };
}

/** What is to be routed to the practice can come in. */
async function haveRoom(run: Run): Promise<void> {
  await waitFor(async () => (await list(run, testMailboxes.practice, 0)).length < MOST_WAITING / 2, {
    timeoutMs: SETTLE_MS,
    intervalMs: 200,
    what: "the practice to be emptied",
  });
}

function recipients(run: Run, pauseMs: number, over: AbortSignal): Promise<void>[] {
  return [
    empty(run, [inboxes.busy], { who: "one", most: 4, pauseMs }, over),
    empty(run, [inboxes.busy], { who: "two", most: 4, pauseMs }, over),
    empty(run, [inboxes.other], { who: "three", most: 6, pauseMs }, over),
    empty(run, [testMailboxes.practice], { who: "four", most: 8, pauseMs }, over),
    empty(run, senders, { who: "five", most: 2, pauseMs }, over),
    empty(run, [inboxes.full], { who: "six", most: 1, pauseMs: pauseMs * 40 }, over),
  ];
}

/** Each begins a while after the one before began: several may last at once. */
async function strikeAll(cluster: Cluster, run: Run, options: FaultsOptions): Promise<Fault[]> {
  await goOn(run);
  const plan = planFaults(run.randomOf("faults"), { ...options, nodes: cluster.nodes.length });
  const [all, lasting]: [Promise<void>[], Set<Promise<void>>] = [[], new Set()];
  const strike = async (fault: Fault): Promise<void> => {
    let from = run.now();
    await cluster.strike(fault, () => (from = run.now()));
    run.history.push({ what: "struck", from, until: run.now(), fault: `${fault.kind} ${fault.node}` });
    options.onStruck?.(fault, run.history);
  };
  for (const fault of plan) {
    const striking = strike(fault);
    all.push(striking);
    lasting.add(striking);
    striking.finally(() => lasting.delete(striking)).catch(() => undefined);
    await Promise.all([delay(fault.restMs), goOn(run)]);
    while (lasting.size >= MOST_AT_ONCE) await Promise.race(lasting);
  }
  await Promise.all(all);
  return plan;
}

/** Resolves when more has been accepted, through whatever lasts. */
async function goOn({ history }: Run): Promise<void> {
  let [seen, accepted] = [history.length, 0];
  await waitFor(
    () => {
      for (; seen < history.length; seen += 1) {
        const entry = history[seen];
        if (entry?.what === "sent" && entry.outcome === "done") accepted += 1;
      }
      return accepted >= ACCEPTED_BETWEEN;
    },
    { timeoutMs: GO_ON_MS, intervalMs: 20, what: "the nodes to accept more" },
  );
}

/** Reads what is there until it is as it was promised, or its time is up. */
async function settle(run: Run): Promise<Problem[]> {
  const until = run.now() + SETTLE_MS;
  const known = new Map<string, Found>();
  for (;;) {
    const ending = await readEnding(run, known);
    const problems = judge(run.history, ending, { closed: [inboxes.closed], mostWaiting: MOST_WAITING });
    if (problems.length === 0 || run.now() > until) return problems;
    await delay(500);
  }
}

function countAll({ history }: Run, struck: readonly Fault[]): Record<string, number> {
  const counts: Record<string, number> = {};
  const count = (what: string): void => void (counts[what] = (counts[what] ?? 0) + 1);
  for (const { kind } of struck) count(kind);
  for (const entry of history) {
    if (entry.what === "sent" || entry.what === "acknowledged") count(`${entry.what} ${entry.outcome}`);
    else if (entry.what !== "struck") count(entry.what);
  }
  const tokens = history.flatMap((entry) => ("token" in entry ? entry.token : []));
  counts["tokens tried again"] = tokens.length - new Set(tokens).size;
  return counts;
}

function wordsOf({ history }: Run, seed: number, problems: readonly Problem[]): string {
  const words = [`seed ${seed}: ${problems.length} problems`];
  for (const { what, about } of problems.slice(0, PROBLEMS_SHOWN)) {
    words.push(what, ...historyOf(history, about).map((line) => `    ${line}`));
  }
  return words.join("\n");
}
