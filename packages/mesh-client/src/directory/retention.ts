// How much SENT and FAILED keep, and what is removed from them by its age, where their owner has set one; and what the journal forgets.
//
// Five minutes after a start and then once a day, beside the polls, both are looked through: sizes are summed, and pairs that are old enough are
// removed, a bounded number a turn; if there were more, the next poll's end goes on. A pair is removed whole: its .dat, then its
// .ctl, by which it is known. Killed between the two, the .ctl alone is known as well, and goes at the next turn.
//
// A pair of ours is a .ctl with the status record that this client writes there, and the .dat of its name. Anything else stays,
// and is in the sum. It is as old as the latest of: its status record, by this machine's clock, and both files' last change, by
// the disk's. So one wrong clock of the two makes nothing old; and by a clock that is doubted nothing is (durable, steady-clock.ts). Of that the
// journal is told once a day as well: what it forgot too soon of a message that is not acknowledged would be delivered again.

import { opendir, readFile } from "node:fs/promises";
import { uptime } from "node:os";
import { join } from "node:path";
import {
  createSteadyClock,
  DurableError,
  removeFile,
  type SeenClock,
  type SteadyClock,
  writeUnsynced,
} from "@restante/durable";
import { type ControlFile, lastingTroubles, readControlFile, readTimestamp } from "@restante/mesh";
import type { DirectoryContext } from "./context.ts";
import { type FileState, openUnchanged, stateOf } from "./files.ts";
import { asClientError, inFolder, labelOf } from "./folder-trouble.ts";

/** Days. Absent: for good. */
export interface RetentionDays {
  readonly sent?: number | undefined;
  readonly failed?: number | undefined;
}

/** How much the folders keep. */
export interface Kept {
  /** ISO 8601. */
  readonly measuredAt: string;
  readonly sent: KeptFiles;
  readonly failed: KeptFiles;
}

export interface KeptFiles {
  readonly files: number;
  readonly bytes: number;
}

export interface Retention extends AsyncDisposable {
  /** At the end of a poll: begins what is due, and does not wait for it. */
  turn(): void;
  /** Resolves when nothing is being done. */
  idle(): Promise<void>;
  /** As last measured. */
  kept(): Kept | undefined;
}

const HOUR = 60 * 60 * 1000;
const DAY = 24 * HOUR;
const mostATurn = 1000;
/** Of old .ctl files that are looked into at a turn, whatever they are. */
const mostLookedInto = 20_000;
/** From a start to the first look. */
const firstAfterMs = 5 * 60 * 1000;
/** After a folder could not be used. */
const againMs = HOUR;
const controlLimit = 64 * 1024;
/** What is dated before this was dated by a clock that had not been set. */
const earliest = Date.parse("2020-01-01T00:00:00Z");
const fileName = "clock.json";

type Place = keyof RetentionDays;
const places = ["sent", "failed"] as const;

export function createRetention(
  context: DirectoryContext,
  {
    hidden,
    days = {},
    uptimeMs = () => uptime() * 1000,
    onMeasured = () => undefined,
  }: {
    readonly hidden: string;
    readonly days?: RetentionDays | undefined;
    readonly uptimeMs?: () => number;
    readonly onMeasured?: ((kept: Kept) => void) | undefined;
  },
): Retention {
  const { clock, emit, mailboxId, lock, folders, journal } = context;
  const isSet = days.sent !== undefined || days.failed !== undefined;
  const paused = lastingTroubles(clock);
  let steady: SteadyClock | undefined;
  let lookedAt = -Infinity;
  // A start is busy enough.
  let measuredAt = uptimeMs() - DAY + firstAfterMs;
  let isMore = false;
  let kept: Kept | undefined;
  let removed = noneRemoved();
  let isEnding = false;
  let working: Promise<void> | undefined;

  async function lookAtClock(): Promise<void> {
    steady ??= createSteadyClock(
      { wall: () => clock.now().getTime(), uptime: uptimeMs },
      await readSeen(hidden),
      "client",
    );
    const seen = steady.look();
    await writeSeen(hidden, seen);
    // What the journal keeps for longer is no trouble.
    if (!isSet) return;
    const doubt = steady.doubt();
    if (doubt === undefined) {
      const over = paused.over("clock");
      if (over !== undefined) emit({ event: "retention-resumed", mailboxId, ...over });
      return;
    }
    if (steady.isNew()) return;
    const told = paused.met("clock", doubt);
    if (told !== undefined) emit({ event: "retention-paused", mailboxId, reason: doubt, ...told });
  }

  /** Not of a poll, nor for each of them. */
  function tellTrouble(error: unknown): void {
    measuredAt = uptimeMs() - DAY + againMs;
    // The folders are another's: that is told as what it is.
    if (error instanceof DurableError) return;
    const { message: reason } = asClientError(error);
    const told = paused.met("folders", reason);
    if (told !== undefined) emit({ event: "retention-paused", mailboxId, reason, ...told });
  }

  async function work(): Promise<void> {
    const now = uptimeMs();
    const isDaily = now - measuredAt >= DAY;
    // What is old is so by a clock that was looked at just now: in an hour it may jump.
    if (isDaily || isMore || now - lookedAt >= HOUR) {
      await lookAtClock();
      lookedAt = now;
    }
    if (!isDaily && !isMore) return;
    const mayRemove = steady !== undefined && steady.doubt() === undefined;
    if (isDaily && mayRemove) journal.prune();
    const sums = { sent: await measure("sent", mayRemove), failed: await measure("failed", mayRemove) };
    if (isEnding) return;
    const over = paused.over("folders");
    if (over !== undefined) emit({ event: "retention-resumed", mailboxId, ...over });
    isMore = places.some((place) => sums[place].isMore);
    kept = { measuredAt: clock.now().toISOString(), sent: sums.sent.kept, failed: sums.failed.kept };
    onMeasured(kept);
    if (!isDaily) return;
    measuredAt = now;
    for (const place of places) {
      if (sums[place].kept.files === 0 && removed[place].files === 0) continue;
      const { files, bytes } = removed[place];
      const gone = days[place] === undefined ? {} : { removed: files, removedBytes: bytes };
      emit({
        event: "folder-kept",
        mailboxId,
        folder: labelOf(place) as "SENT" | "FAILED",
        ...sums[place].kept,
        ...gone,
      });
    }
    removed = noneRemoved();
  }

  async function measure(place: Place, mayRemove: boolean): Promise<{ kept: KeptFiles; isMore: boolean }> {
    const path = folders[place];
    const limit = days[place];
    const before = limit === undefined || !mayRemove ? -Infinity : clock.now().getTime() - limit * DAY;
    const old: FileState[] = [];
    let [files, bytes] = [0, 0];
    await inFolder(place, async () => {
      for await (const { name } of await opendir(path, { bufferSize: 256 })) {
        if (isEnding) return;
        const state = await stateOf(path, { name }).catch(() => undefined);
        if (state === undefined || !state.plain) continue;
        files += 1;
        bytes += state.bytes;
        if (/\.ctl$/i.test(name) && latestOf(state) < before && old.length < mostLookedInto) old.push(state);
      }
    });
    let pairs = 0;
    for (const control of old) {
      if (isEnding || pairs === mostATurn) break;
      await lock.check();
      const gone = await inFolder(place, async () => removePair(path, place, control, before));
      if (gone.files > 0) pairs += 1;
      files -= gone.files;
      bytes -= gone.bytes;
      removed[place] = { files: removed[place].files + gone.files, bytes: removed[place].bytes + gone.bytes };
    }
    return { kept: { files, bytes }, isMore: pairs === mostATurn };
  }

  return {
    turn() {
      if (working !== undefined || isEnding) return;
      working = work()
        .catch((error: unknown) => tellTrouble(error))
        .finally(() => (working = undefined));
    },
    idle: async () => working,
    kept: () => kept,
    async [Symbol.asyncDispose]() {
      isEnding = true;
      await working;
    },
  };
}

function noneRemoved(): Record<Place, KeptFiles> {
  return { sent: { files: 0, bytes: 0 }, failed: { files: 0, bytes: 0 } };
}

/** Gives what it removed: nothing of what is no pair of ours, or not old enough. */
async function removePair(path: string, place: Place, control: FileState, before: number): Promise<KeptFiles> {
  const none = { files: 0, bytes: 0 };
  const written = await readControl(path, control);
  if (written?.status === undefined || written.messageType !== "Data") return none;
  if (written.status.success !== (place === "sent")) return none;
  const base = control.name.slice(0, -".ctl".length);
  const data = (await stateOf(path, { name: `${base}.dat` })) ?? (await stateOf(path, { name: `${base}.DAT` }));
  if (data !== undefined && !data.plain) return none;
  const recorded = readTimestamp(written.status.at)?.getTime();
  const latest = Math.max(latestOf(control), data?.changedAt ?? 0, recorded ?? Infinity);
  if (latest >= before || latest < earliest) return none;
  if (data !== undefined) await removeFile(join(path, data.name));
  await removeFile(join(path, control.name));
  return { files: data === undefined ? 1 : 2, bytes: control.bytes + (data?.bytes ?? 0) };
}

function latestOf({ changedAt, modifiedAt }: FileState): number {
  return Math.max(changedAt, modifiedAt);
}

async function readControl(path: string, seen: FileState): Promise<ControlFile | undefined> {
  if (seen.bytes > controlLimit) return undefined;
  const handle = await openUnchanged(path, seen);
  if (typeof handle === "string") return undefined;
  try {
    return readControlFile(await handle.readFile());
  } catch {
    // Whatever it is, it is none of ours.
    return undefined;
  } finally {
    await handle.close();
  }
}

async function readSeen(hidden: string): Promise<SeenClock | undefined> {
  try {
    const { wall, steady } = JSON.parse(await readFile(join(hidden, fileName), "utf8")) as Partial<SeenClock>;
    return typeof wall === "number" && typeof steady === "number" ? { wall, steady } : undefined;
  } catch {
    // A clock of which nothing is known is doubted.
    return undefined;
  }
}

/** Not synced: what is lost with it is trust. */
async function writeSeen(hidden: string, seen: SeenClock): Promise<void> {
  await writeUnsynced(hidden, fileName, JSON.stringify(seen));
}
