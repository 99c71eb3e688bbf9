// Of one machine: SQLite and files in a folder.

import { existsSync } from "node:fs";
import { join } from "node:path";

import { asDurableError, isOpenToOthers } from "@restante/durable";

import { type FileBodies, openFileBodies } from "../bodies/files.ts";
import { defaults, type MeshServerConfig } from "../config.ts";
import { type Disk, watchDisk } from "../disk.ts";
import { MeshServerError } from "../errors.ts";
import type { Rewindable } from "../store/rewindable.ts";
import { freeBytes } from "../store/sqlite/reserve.ts";
import { openSqliteStore, type SqliteStore } from "../store/sqlite/store.ts";
import { type FailingPart, isFailing, type Keeping, type KeepingParts, tellOfCommits } from "./keeping.ts";

const QUARANTINE_MS = 30 * 24 * 60 * 60_000;

export interface EmbeddedSettings extends Pick<MeshServerConfig, "smallBodyBytes" | "reserveBytes"> {
  dataFolder: string;
}

export interface EmbeddedOptions {
  /** Once the store is open, before anything reads or moves what is in it. */
  beforeServing?: (store: Rewindable) => Promise<void>;
}

/**
 * @throws {MeshServerError} `store-in-use`, `store-too-new`, `store-lost`, `bodies-lost`
 * @throws {DurableError} a file or folder that cannot be used
 */
export async function openEmbedded(
  settings: EmbeddedSettings,
  parts: KeepingParts,
  { beforeServing }: EmbeddedOptions = {},
): Promise<Keeping> {
  const { dataFolder, reserveBytes = defaults.reserveBytes } = settings;
  const { realTime, emit, troubles, limits } = parts;
  const disk = watchDisk(dataFolder, { clock: realTime, emit });
  const store = await openSqliteStore(dataFolder, {
    reserveBytes,
    limits,
    onStopped: (reason) => troubles.storeStopped(reason),
    onFull: () => disk.lacked(),
    onDamaged: (reason) => troubles.met("store", reason),
    onJournalMissing: (file) => emit({ event: "journal-missing", file }),
  });
  try {
    await beforeServing?.(store.rewindable);
    disk.begin(store.reserve);
    const bodies = await openBodies(settings, store, parts, disk);
    return {
      store,
      bodies,
      failing: () => failingParts(dataFolder, store, disk),
      look() {
        store.checkPlace();
        tellOfCommits(store, troubles);
        void disk.check();
      },
      async tidy(now) {
        const deleted = await bodies.emptyQuarantine(new Date(now.getTime() - QUARANTINE_MS));
        if (deleted > 0) emit({ event: "quarantine-emptied", folder: bodies.quarantineFolder, bodies: deleted });
      },
      isOurs: async () => true,
      mayDelete: async () => true,
      clockDoubt: () => undefined,
      clockApart: () => 0,
      rewindable: store.rewindable,
      [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
    };
  } catch (error) {
    await store[Symbol.asyncDispose]();
    throw error;
  }
}

export async function failingParts(
  folder: string,
  store: Pick<SqliteStore, "wasUsed" | "trouble">,
  disk: Disk,
): Promise<FailingPart[]> {
  const storeFails = await isFailing(store);
  const free = await freeBytes(folder).catch(() => undefined);
  return [
    ...(storeFails ? ["store" as const] : []),
    ...(free !== undefined && !disk.isFull() ? [] : ["disk" as const]),
  ];
}

async function openBodies(
  { dataFolder, smallBodyBytes = defaults.smallBodyBytes }: EmbeddedSettings,
  store: SqliteStore,
  { realTime, emit, troubles }: KeepingParts,
  disk: Disk,
): Promise<FileBodies> {
  const folder = join(dataFolder, "bodies");
  const expected = await store.countBodyFiles();
  if (expected > 0 && !existsSync(folder)) {
    throw new MeshServerError(
      "bodies-lost",
      `${folder}: it is missing, but ${expected} bodies belong into it: put it back, or make an empty folder there to start without them`,
    );
  }
  try {
    const bodies = await openFileBodies(folder, smallBodyBytes, {
      onFull: (bytes) => disk.lacked(bytes),
      onTrouble: (reason) => troubles.met("bodies", reason),
      onWorking: () => troubles.over("bodies"),
    });
    for (const found of [dataFolder, folder]) {
      if (isOpenToOthers(found) === true) emit({ event: "folder-open-to-others", folder: found });
    }
    // Never before the last day seen: a clock that starts in 1970 must not cut the 30 days of quarantine short.
    const day = new Date(Math.max(realTime.now().getTime(), (await store.seenTime())?.wall ?? 0));
    const { named, added, quarantined, strange } = await bodies.sweep((fileName) => store.namesBodyFile(fileName), day);
    if (named < expected) emit({ event: "bodies-missing", folder, bodies: expected - named });
    if (quarantined > 0) {
      emit({ event: "bodies-quarantined", folder: bodies.quarantineFolder, bodies: quarantined, added });
    }
    if (strange > 0) emit({ event: "strange-files", folder, files: strange });
    return bodies;
  } catch (error) {
    throw asDurableError(error, folder);
  }
}
