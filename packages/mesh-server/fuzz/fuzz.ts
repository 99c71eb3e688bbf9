// Requests of every kind of damage against a real server, in a process of its own, at a plain and at a TLS door. What is
// sent follows from the seed and a number alone, but for tokens' times and the ids of messages that are there.

import type { Socket } from "node:net";

import type { Answer } from "./answers.ts";
import { meet, open } from "./connection.ts";
import { type Known, knownMessages } from "./drafts.ts";
import { type Exchange, exchangeOf } from "./exchange.ts";
import { randomOf } from "./random.ts";
import { startFuzzedServer } from "./fuzzed-server.ts";
import type { Memory } from "./server.ts";
import { stillWorks } from "./still-works.ts";

const AT_ONCE = 16;
/** One connection in so many is HTTPS. */
const TLS_ONCE_IN = 8;
/** As often all messages expire and are deleted, so that the store does not grow without end. */
const ADVANCE_EVERY = 20_000;
const DAY = 24 * 60 * 60 * 1000;

export interface FuzzOptions {
  seed: number;
  /** How many exchanges, from which number on. */
  requests: number;
  from?: number;
  /** Memory is looked at when so many are done, and held against at the end. */
  warmUp: number;
  onProgress?: (done: number) => void;
  onFailure?: (failure: Failure) => void;
}

export interface Failure {
  number: number;
  why: string;
  exchange: Exchange;
  /** What went before it on its connection. */
  previous?: Exchange;
}

export interface FuzzResult {
  /** How many answers of each status. */
  statuses: ReadonlyMap<number, number>;
  /** Orderly exchanges that ended without any answer. */
  unanswered: number;
  /** The one that took longest, and how long. */
  slowest: { number: number; milliseconds: number };
  failures: readonly Failure[];
  /** What did not work in the end, without any damage. */
  afterwards: string | undefined;
  /** After warming up and at the end; undefined if the server has ended. */
  memory: readonly [Memory | undefined, Memory | undefined];
}

/** So many failures, and no more is sent. */
const MOST_FAILURES = 10;

export async function fuzz({
  seed,
  requests,
  from = 0,
  warmUp,
  onProgress,
  onFailure,
}: FuzzOptions): Promise<FuzzResult> {
  await using server = await startFuzzedServer();
  const known = knownMessages();
  const statuses = new Map<number, number>();
  const failures: Failure[] = [];
  let unanswered = 0;
  let slowest = { number: from, milliseconds: 0 };
  let done = 0;

  const latest = new WeakMap<Socket, Exchange>();
  const take = async (number: number, connection: Socket | undefined): Promise<Socket | undefined> => {
    const random = randomOf(~seed, number);
    const exchange = exchangeOf(seed, number, known);
    const socket = connection ?? open(server.doors[random.once(TLS_ONCE_IN) ? 1 : 0]!);
    const began = performance.now();
    try {
      const met = await meet(socket, exchange);
      const milliseconds = performance.now() - began;
      if (milliseconds > slowest.milliseconds) slowest = { number, milliseconds };
      const answered = [...met.answers.map(({ status }) => status), ...met.statuses];
      for (const status of answered) statuses.set(status, (statuses.get(status) ?? 0) + 1);
      if (answered.length === 0 && exchange.kind === "orderly") unanswered += 1;
      const failed = answered.find((status) => status >= 500);
      if (failed !== undefined) throw new Error(`answered ${failed}`);
      for (const answer of met.answers) learn(known, answer);
      latest.set(socket, exchange);
      if (met.goesOn && !exchange.endless) return socket;
    } catch (error) {
      const previous = latest.get(socket);
      const failure = { number, why: (error as Error).message, exchange, ...(previous !== undefined && { previous }) };
      failures.push(failure);
      onFailure?.(failure);
    }
    socket.destroy();
    return undefined;
  };

  const run = async (first: number, count: number): Promise<void> => {
    let next = first;
    await Promise.all(
      Array.from({ length: Math.min(AT_ONCE, count) }, async () => {
        let connection: Socket | undefined;
        while (next < first + count && failures.length < MOST_FAILURES) {
          const number = next;
          next += 1;
          connection = await take(number, connection);
          done += 1;
          if (done % ADVANCE_EVERY === 0) await server.ask({ ask: "advance", milliseconds: 31 * DAY });
          if (done % 1000 === 0) onProgress?.(done);
        }
        connection?.destroy();
      }),
    );
  };

  await run(from, Math.min(warmUp, requests));
  const lookAtMemory = (): Promise<Memory | undefined> => server.ask<Memory>({ ask: "memory" }).catch(() => undefined);
  const before = await lookAtMemory();
  await run(from + warmUp, Math.max(0, requests - warmUp));
  const after = await lookAtMemory();
  const afterwards = await stillWorks(server.doors).then(
    () => undefined,
    (error: unknown) => String(error),
  );
  return { statuses, unanswered, slowest, failures, afterwards, memory: [before, after] };
}

function learn(known: Known, { status, body }: Answer): void {
  if (status !== 200 && status !== 202) return;
  for (const [, id] of body.toString("latin1", 0, 300).matchAll(/"(\d{20}_[0-9A-F]{6})"/g)) known.learn(id!);
}
