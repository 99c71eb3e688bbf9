// `.restante/status.json`: how a directory client fares, for whoever asks while it runs and after it has ended.
//
// It is written whole, at the start, at the end of each poll and look at OUT, though the same no more often than every 10 s, and
// once a minute. It is never synced: it is worth nothing after a loss of power. It has no name of a file and nothing of what is in
// one: a pair is the digest of its base name. What it says is true as long as its writer (`instance`) has the folder, which the
// lock of it tells, and it is fresh; whoever reads it says so otherwise.

import { readFile, rm, stat } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { currentHolder, isMissing, writeUnsynced } from "@restante/durable";
import type { Clock } from "@restante/mesh";
import type { Journal, SendRow } from "./journal.ts";
import { shortName } from "./pair-name.ts";
import { whatHelps } from "./way-to-the-server.ts";
import type { PollResult } from "./poll.ts";
import type { Kept } from "./retention.ts";

const fileName = "status.json";
/** How often it is written while nothing happens: what is half as old again is old. */
export const statusEveryMs: number = 60_000;

/** A poll that found all as the one before is written no more often. */
const sameEveryMs = 10_000;

/** A pair that is held, without a name. */
export type HeldRow = Pick<
  SendRow,
  | "pair"
  | "fingerprint"
  | "state"
  | "since"
  | "startedAt"
  | "attempts"
  | "reason"
  | "messageId"
  | "unnamed"
  | "chunkBytes"
>;

/** All times are of ISO 8601, in UTC. */
export interface DirectoryStatus {
  readonly formatVersion: 1;
  readonly writtenAt: string;
  readonly mailboxId: string;
  readonly host: string;
  readonly process: number;
  /** Of that process, random: the lock of the folder names the one that has it now. */
  readonly instance?: string;
  /** What is not well with that process as a whole, in words: it is the same of all its mailboxes. */
  readonly ofProcess?: readonly string[];
  readonly startedAt: string;
  readonly pollIntervalMs: number;
  /** A poll goes on since then. */
  readonly pollingSince?: string;
  readonly lastPoll?: PollStatus;
  /** When one last found the server and the folders in order. */
  readonly lastGoodPollAt?: string;
  /** Those that the last poll found in OUT. */
  readonly held: readonly HeldRow[];
  /** Those that are asked about again at each poll, the last of them, also of which the files are gone. */
  readonly doubtful: readonly HeldRow[];
  /** Files in OUT that are no part of a pair. */
  readonly passedOver: number;
  /** How much SENT and FAILED keep, as last measured. */
  readonly kept?: Kept;
}

export interface PollStatus {
  readonly endedAt: string;
  readonly sent: number;
  readonly received: number;
  readonly failed: number;
  readonly waiting: number;
  /** Messages that could not be fetched, or go on for long, of this poll and those before it. */
  readonly unfetched: number;
  /** What kept it from doing all that was due. `ofOne`: one pair or message alone; the server and the folders can be used. */
  readonly error?: {
    readonly code: string;
    readonly reason: string;
    /** What can be done about it, where the reason does not say so. */
    readonly remedy?: string;
    readonly ofOne?: true;
  };
}

/** Writes it for a client as long as that lives. */
export interface StatusKeeper extends AsyncDisposable {
  begins(): void;
  /**
   * Resolves once it is written, or cannot be: then there is none, which tells of itself, or it grows old. `hasPlace`: there was
   * trouble with the server or a folder.
   */
  ended(result: PollResult, hasPlace: boolean): Promise<void>;
  /** OUT was looked at between polls: what waits in it and what is held may be other than the last poll found. */
  looked(result: PollResult): Promise<void>;
  /** What is to be said of the process is other than before. */
  again(): Promise<void>;
}

/**
 * Writes it once at first: what a client before this one said is not taken for its word. One that only decides about pairs that are
 * held is no such client: what the last one said stays, but for what is decided (`withoutDecided`).
 */
export async function keepStatus({
  hidden,
  mailboxId,
  pollIntervalMs,
  clock,
  journal,
  passedOver,
  kept,
  ofProcess,
  onlyDecides,
}: {
  readonly hidden: string;
  readonly mailboxId: string;
  readonly pollIntervalMs: number;
  readonly clock: Clock;
  readonly journal: Pick<Journal, "inDoubt">;
  readonly passedOver: () => number;
  readonly kept: () => Kept | undefined;
  readonly ofProcess: () => readonly string[];
  readonly onlyDecides: boolean;
}): Promise<StatusKeeper> {
  const now = (): string => clock.now().toISOString();
  const startedAt = now();
  let pollingSince: string | undefined;
  let lastPoll: PollStatus | undefined;
  let lastGoodPollAt: string | undefined;
  let inDoubt: Pick<DirectoryStatus, "held" | "doubtful"> = { held: [], doubtful: [] };
  let writing: Promise<void> = Promise.resolve();
  /** What was written last, but for times, and when: a client that polls each second need not say the same each time. */
  let written: { readonly what: string; readonly at: number } | undefined;

  async function write(): Promise<void> {
    const measured = kept();
    const remarks = ofProcess();
    const status: DirectoryStatus = {
      formatVersion: 1,
      writtenAt: now(),
      mailboxId,
      host: hostname(),
      process: process.pid,
      instance: currentHolder().instance,
      ...(remarks.length > 0 && { ofProcess: remarks }),
      startedAt,
      pollIntervalMs,
      ...(pollingSince !== undefined && { pollingSince }),
      ...(lastPoll !== undefined && { lastPoll }),
      ...(lastGoodPollAt !== undefined && { lastGoodPollAt }),
      ...inDoubt,
      passedOver: passedOver(),
      ...(measured !== undefined && { kept: measured }),
    };
    await replace(hidden, status);
  }

  async function tell(result: PollResult): Promise<void> {
    try {
      inDoubt = rowsOf(journal, result);
    } catch {
      // A journal that cannot be read is told by the poll, which did not go well.
    }
    const what = JSON.stringify([{ ...lastPoll, endedAt: "" }, inDoubt, passedOver()]);
    if (what === written?.what && performance.now() - written.at < sameEveryMs) return;
    written = { what, at: performance.now() };
    await writeNext();
  }

  /** What was said before is not left standing: it may say that all is well. On a full disk, what it takes is room for the next. */
  async function writeOrRemove(): Promise<void> {
    await write().catch(async () => {
      await rm(join(hidden, fileName), { force: true });
      await write();
    });
  }
  const writeNext = async (): Promise<void> => (writing = writing.then(writeOrRemove).catch(() => undefined));
  if (!onlyDecides) await writeNext();
  const timer = onlyDecides ? undefined : setInterval(() => void writeNext(), statusEveryMs).unref();
  return {
    begins: () => (pollingSince = now()),
    async ended(result, hasPlace) {
      pollingSince = undefined;
      // One that was given up has found out nothing.
      if (result.error?.code === "aborted") return;
      const { sent, received, failed, waiting, unfetched, error } = result;
      const why =
        error === undefined
          ? {}
          : {
              error: {
                code: error.code,
                reason: error.message,
                ...whatHelps(error),
                ...(!hasPlace && { ofOne: true as const }),
              },
            };
      lastPoll = { endedAt: now(), sent, received, failed, waiting, unfetched, ...why };
      if (!hasPlace) lastGoodPollAt = lastPoll.endedAt;
      await tell(result);
    },
    async looked(result) {
      // What keeps OUT from being looked at is for the next poll to say.
      if (lastPoll === undefined || result.error !== undefined) return;
      lastPoll = { ...lastPoll, waiting: result.waiting };
      await tell(result);
    },
    again: writeNext,
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await writing;
    },
  };
}

async function replace(hidden: string, status: DirectoryStatus): Promise<void> {
  await writeUnsynced(hidden, fileName, `${JSON.stringify(status, undefined, 2)}\n`);
}

/** Takes pairs that were decided about, while no client ran, off what the last one said. What cannot be written is as it was then. */
export async function withoutDecided(folder: string, pairs: readonly string[]): Promise<void> {
  const found = await readStatus(folder).catch(() => undefined);
  if (found?.is !== "read") return;
  const { held, doubtful } = found.status;
  const others = (rows: readonly HeldRow[]): HeldRow[] => rows.filter(({ pair }) => !pairs.includes(pair));
  const status = { ...found.status, held: others(held), doubtful: others(doubtful) };
  await replace(join(folder, ".restante"), status).catch(() => undefined);
}

const mostDoubtful = 1000;

function rowsOf(journal: Pick<Journal, "inDoubt">, { held }: PollResult): Pick<DirectoryStatus, "held" | "doubtful"> {
  const found = new Set(held.map(({ pair }) => pair));
  const rows = journal.inDoubt();
  return {
    held: rows.filter(({ state, pair }) => state === "held" && found.has(shortName(pair))).map(withoutNames),
    doubtful: rows
      .filter(({ state }) => state === "doubtful")
      .slice(0, mostDoubtful)
      .map(withoutNames),
  };
}

function withoutNames({
  pair,
  fingerprint,
  state,
  since,
  startedAt,
  attempts,
  reason,
  messageId,
  unnamed,
  chunkBytes,
}: SendRow): HeldRow {
  return { pair, fingerprint, state, since, startedAt, attempts, reason, messageId, unnamed, chunkBytes };
}

/** What was found of it. `at`: when it was written, by the clock of the disk, in milliseconds. */
export type FoundStatus =
  | { readonly is: "read"; readonly status: DirectoryStatus; readonly at: number }
  | { readonly is: "missing" }
  | { readonly is: "damaged" };

/** @throws what the operating system says, where it cannot be read */
export async function readStatus(folder: string): Promise<FoundStatus> {
  const path = join(folder, ".restante", fileName);
  let text: string;
  let at: number;
  try {
    [text, { mtimeMs: at }] = await Promise.all([readFile(path, "utf8"), stat(path)]);
  } catch (error) {
    if (isMissing(error)) return { is: "missing" };
    throw error;
  }
  try {
    const status = JSON.parse(text) as DirectoryStatus;
    return isStatus(status) ? { is: "read", status, at } : { is: "damaged" };
  } catch {
    return { is: "damaged" };
  }
}

function isStatus(status: Partial<DirectoryStatus> | null): boolean {
  return (
    typeof status === "object" &&
    status?.formatVersion === 1 &&
    Array.isArray(status.held) &&
    Array.isArray(status.doubtful) &&
    typeof status.passedOver === "number" &&
    typeof status.writtenAt === "string"
  );
}
