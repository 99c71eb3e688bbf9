// The clock of expiry, deletion, retries and routing, of which tokens, certificates and replay know nothing. It goes as the
// real one does, ahead of it by what it was moved, which is kept in `clock.json` of the data folder: a restart keeps it.
//
// It is moved as time would have passed: from one moment at which something falls due to the next, so that a message
// which is not collected in 5 days is reported on the fifth and gone on the thirtieth, though the clock was moved by a year at
// once. In steps of no less than a minute, and after some thousands of them, or a minute of waiting for demographics, at once:
// what is retried may be due at every minute of that year.
//
//   on disk    where it is moved to, before anything is done by it: killed on the way, the server goes on from there.
//   in memory  each step on the way.
// It never goes back but with a snapshot, or a reset.

import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { type ClockReading, type ControlClock, ControlError, formatDuration, parseDuration } from "@restante/control";
import { asDurableError, DurableError, isMissing, writeWhole } from "@restante/durable";
import { type Clock, systemClock } from "@restante/mesh";

import type { RewindableServing } from "../serve.ts";
import { inWordsOfControl } from "./in-words-of-control.ts";
import type { SnapshotPart } from "./snapshot-part.ts";

const FILE = "clock.json";
const MINUTE = 60 * 1000;
const DAY = 24 * 60 * MINUTE;
const MOST_STEPS = 5000;
/** Of one move, for routing: demographics may take seconds to fail, at each of its steps. */
const PATIENCE_MS = MINUTE;
/** 10 years: times stay such as every client can read. */
const MOST_AHEAD_MS = 3653 * DAY;

export interface MovedClock {
  readonly control: ControlClock;
  /** For `serve`. */
  aheadMs(): number;
  /** Makes it the real one. */
  right(): Promise<void>;
  readonly part: SnapshotPart;
}

/** @param serving the server that follows it, once there is one */
export async function createMovedClock({
  dataFolder,
  realTime = systemClock,
  patienceMs = PATIENCE_MS,
  serving,
}: {
  dataFolder: string;
  realTime?: Clock;
  patienceMs?: number;
  serving: () => Pick<RewindableServing, "rewind" | "context">;
}): Promise<MovedClock> {
  let ahead = await readAhead(dataFolder);
  // Another one after each time it was put: a move that was asked for before ends where it was put.
  let epoch = 0;
  let moving: Promise<unknown> = Promise.resolve();
  let writing: Promise<unknown> = Promise.resolve();

  /** In the order in which they are asked for. */
  function keep(aheadMs: number): Promise<void> {
    const written = writing.then(() => write(dataFolder, aheadMs));
    writing = written.catch(() => undefined);
    return written;
  }

  async function put(to: number): Promise<void> {
    epoch += 1;
    ahead = to;
    await keep(to);
  }

  function read(): ClockReading {
    return { now: new Date(realTime.now().getTime() + ahead).toISOString(), ahead: formatDuration(ahead) };
  }

  async function advance(by: number, asked: number): Promise<ClockReading> {
    if (epoch !== asked) return read();
    const target = ahead + by;
    if (by < 0) throw new ControlError("not-possible", "the clock never goes back: restore a snapshot, or reset");
    if (target > MOST_AHEAD_MS) {
      throw new ControlError("not-possible", "the clock may be at most 3653 days ahead of the real one");
    }
    const { rewind, context } = serving();
    await keep(target);
    let patience = patienceMs;
    for (let step = 0; ; step += 1) {
      // Real time goes on: what falls due while others are dealt with is the next step's.
      const asOf = context.clock.now();
      patience -= await rewind.catchUp();
      if (epoch !== asked || ahead === target) break;
      const due = patience > 0 && step < MOST_STEPS ? await rewind.nextDue(asOf) : undefined;
      if (epoch !== asked) break;
      const next = due === undefined ? target : Math.max(due.getTime() - realTime.now().getTime(), ahead + MINUTE);
      ahead = Math.min(next, target);
    }
    context.emit({ event: "clock-advanced", ahead: formatDuration(ahead) });
    return read();
  }

  return {
    control: {
      read: async () => read(),
      advance({ by }) {
        const asked = epoch;
        const moved = moving.then(() => inWordsOfControl(() => advance(parseDuration(by), asked)));
        moving = moved.catch(() => undefined);
        return moved;
      },
    },
    aheadMs: () => ahead,
    right: () => put(0),
    part: {
      save: () => ahead,
      check(value) {
        if (value === undefined || isAhead(value)) return;
        throw new ControlError("not-possible", "the clock: it does not say how far it is ahead");
      },
      load: (value) => put(isAhead(value) ? value : 0),
    },
  };
}

async function write(folder: string, aheadMs: number): Promise<void> {
  try {
    await writeWhole(folder, FILE, `${JSON.stringify({ aheadMs })}\n`);
  } catch (error) {
    throw asDurableError(error, join(folder, FILE));
  }
}

async function readAhead(folder: string): Promise<number> {
  const file = join(folder, FILE);
  try {
    const found = JSON.parse(await readFile(file, "utf8")) as { aheadMs?: unknown } | null;
    if (isAhead(found?.aheadMs)) return found.aheadMs;
  } catch (error) {
    if (isMissing(error)) return 0;
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new DurableError(
    "damaged",
    file,
    "it does not say how far the clock is ahead: remove it, to have the real one",
    {
      retry: "never",
    },
  );
}

function isAhead(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 && value <= MOST_AHEAD_MS;
}
