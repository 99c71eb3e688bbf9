// Snapshots of all of a server, in its data folder:
//
//   snapshots/NAME.json         names the folder, and says when it was saved and how much is in it. Written last, whole.
//   snapshots/NAME.RANDOM/      store.sqlite, parts.json (clock, faults, ...) and bodies/, the body files of its rows, as
//                               second names of the server's own where the file system has such.
// A folder that no NAME.json names is half made, replaced, or removed: nobody sees it, and the next start deletes it. So
// a save, and a removal, has happened once NAME.json says so, and not before.
//
// A restore, in this order: the body files back in their place; then one transaction of the store, with the parts in it as
// text; then each part in its place; then that text goes, and body files that nobody names any more. Killed before the
// transaction, the server has the old state (and body files without a row, which its next start puts in quarantine); after
// it, the next start puts the parts in their place before anything reads them (`recover`).

import { randomBytes } from "node:crypto";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";

import { ControlError, type ControlSnapshots, type Snapshot } from "@restante/control";
import { CodedError, type Clock, systemClock } from "@restante/mesh";
import {
  asDurableError,
  DurableError,
  isMissing,
  linkFile,
  makeFolder,
  syncFolder,
  writeWhole,
} from "@restante/durable";

import type { RewindableServing } from "../serve.ts";
import type { Rewindable } from "../store/rewindable.ts";
import {
  type Described,
  entriesOf,
  ifDamaged,
  isFolderOf,
  namesIn,
  readDescribed,
  sweep,
} from "./described-snapshots.ts";
import { discardFiles } from "./discard-files.ts";
import { inWordsOfControl } from "./in-words-of-control.ts";
import type { SnapshotParts } from "./snapshot-part.ts";

const MOST_SNAPSHOTS = 100;

export interface Snapshots {
  readonly control: ControlSnapshots;
  /** For `serve`, as `beforeServing`: ends what a kill has cut off. */
  recover(store: Rewindable): Promise<void>;
}

/** @param serving the server whose snapshots they are, once there is one */
export function createSnapshots({
  dataFolder,
  realTime = systemClock,
  parts,
  serving,
}: {
  dataFolder: string;
  realTime?: Clock;
  parts: SnapshotParts;
  serving: () => Pick<RewindableServing, "rewind" | "context">;
}): Snapshots {
  const root = join(dataFolder, "snapshots");
  const bodiesFolder = join(dataFolder, "bodies");

  async function find(name: string): Promise<Described> {
    const described = await readDescribed(root, checkName(name));
    if (described === undefined) throw unknown();
    return described;
  }

  async function list(): Promise<Snapshot[]> {
    const all = await Promise.all((await namesIn(root)).map((name) => readDescribed(root, name)));
    return all.filter((each) => each !== undefined).map(shown);
  }

  async function save(name: string, store: Rewindable): Promise<Snapshot> {
    const before = await readDescribed(root, checkName(name));
    if (before === undefined && (await namesIn(root)).length >= MOST_SNAPSHOTS) {
      throw new ControlError("not-possible", `there are ${MOST_SNAPSHOTS} snapshots: remove one first`);
    }
    const folder = `${name}.${randomBytes(8).toString("hex")}`;
    try {
      const messages = await fill(join(root, folder), store);
      await syncFolder(root);
      const described = { name, savedAt: realTime.now().toISOString(), messages, folder };
      await writeWhole(root, `${name}.json`, JSON.stringify(described));
      if (before !== undefined) await removeFolder(before.folder);
      return shown(described);
    } catch (error) {
      await rm(join(root, folder), { recursive: true, force: true }).catch(() => undefined);
      throw error;
    }
  }

  async function fill(folder: string, store: Rewindable): Promise<number> {
    await makeFolder(join(folder, "bodies"));
    const { messages, bodyFiles } = await store.saveTo(join(folder, "store.sqlite"));
    await linkAll(bodyFiles, bodiesFolder, join(folder, "bodies"));
    await writeWhole(folder, "parts.json", JSON.stringify(saveParts(parts)));
    return messages;
  }

  async function restore(name: string, store: Rewindable): Promise<Snapshot> {
    const described = await find(name);
    const folder = join(root, described.folder);
    const file = join(folder, "store.sqlite");
    const partsFile = join(folder, "parts.json");
    const saved = await readFile(partsFile, "utf8").catch((error: unknown) => {
      throw asDurableError(error, partsFile);
    });
    checkParts(parts, saved);
    const linked = await linkAll(await store.bodyFilesOf(file), join(folder, "bodies"), bodiesFolder);
    const { bodies } = serving().context;
    try {
      const { bodyFiles } = await store.restoreFrom(file, saved);
      await loadParts(parts, saved);
      await store.finishRestore();
      await discardFiles(bodies, bodyFiles);
    } catch (error) {
      // Unless it may have happened: then the next start sees which of them are named.
      if (error instanceof CodedError && error.code === "snapshot-failed") await discardFiles(bodies, linked);
      throw error;
    }
    return shown(described);
  }

  async function removeFolder(folder: string): Promise<void> {
    await rm(join(root, folder), { recursive: true, force: true }).catch(() => undefined);
  }

  /** Also one whose NAME.json is damaged: else nobody who has control alone could be rid of it. */
  async function remove(name: string): Promise<void> {
    const described = await readDescribed(root, checkName(name)).catch(ifDamaged);
    if (described === undefined) throw unknown();
    const folders = described === "damaged" ? (await entriesOf(root)).filter(isFolderOf(name)) : [described.folder];
    await rm(join(root, `${name}.json`), { recursive: true });
    await syncFolder(root);
    for (const folder of folders) await removeFolder(folder);
  }

  function inTurn<Result>(work: (store: Rewindable) => Promise<Result>): Promise<Result> {
    return serving().rewind.standstill((store) => inWords(() => work(store)));
  }

  function inWords<Result>(work: () => Promise<Result>): Promise<Result> {
    return inWordsOfControl(() =>
      work().catch((error: unknown) => {
        throw asDurableError(error, root);
      }),
    );
  }

  return {
    control: {
      list: async () => ({ snapshots: await inWords(list) }),
      async save({ name }) {
        const snapshot = await inTurn((store) => save(name, store));
        serving().context.emit({ event: "snapshot-saved", name, messages: snapshot.messages });
        return snapshot;
      },
      async restore({ name }) {
        const snapshot = await inTurn((store) => restore(name, store));
        serving().context.emit({ event: "snapshot-restored", name, messages: snapshot.messages });
        return snapshot;
      },
      async remove({ name }) {
        await inTurn(() => remove(name));
        return { name };
      },
    },
    async recover(store) {
      const saved = await store.unfinishedRestore();
      if (saved !== undefined) {
        checkCutOff(root, parts, saved);
        await loadParts(parts, saved);
        await store.finishRestore();
      }
      await sweep(root).catch((error: unknown) => {
        throw asDurableError(error, root);
      });
    },
  };
}

function saveParts(parts: SnapshotParts): Record<string, unknown> {
  return Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, part.save()]));
}

/** Before anything is changed: once the messages are those of then, the rest must be taken, or no start could go on. */
function checkParts(parts: SnapshotParts, saved: string): void {
  let values: unknown;
  try {
    values = JSON.parse(saved);
  } catch {
    // As anything else that is no object.
  }
  if (typeof values !== "object" || values === null) {
    throw new ControlError("not-possible", "this snapshot is damaged (parts.json): it cannot be put back");
  }
  for (const [name, part] of Object.entries(parts)) {
    try {
      part.check((values as Record<string, unknown>)[name]);
    } catch (error) {
      if (!(error instanceof CodedError)) throw error;
      throw new ControlError("not-possible", `what stood then cannot stand on this server: ${error.message}`, {
        cause: error,
      });
    }
  }
}

/** The mailboxes or the doors may be others than when it was cut off. */
function checkCutOff(root: string, parts: SnapshotParts, saved: string): void {
  try {
    checkParts(parts, saved);
  } catch (cause) {
    const words = `a restore was cut off, and must be ended by a server with the mailboxes and doors of then: ${(cause as Error).message}`;
    throw new DurableError("unusable", root, words, { cause, retry: "never" });
  }
}

async function loadParts(parts: SnapshotParts, saved: string): Promise<void> {
  const values = JSON.parse(saved) as Record<string, unknown>;
  for (const [name, part] of Object.entries(parts)) await part.load(values[name]);
}

/** A body file that is missing in the one is missing in the other: as its message was when it was saved. */
async function linkAll(fileNames: readonly string[], from: string, to: string): Promise<string[]> {
  const linked: string[] = [];
  for (const fileName of fileNames) {
    try {
      if (await linkFile(join(from, fileName), join(to, fileName))) linked.push(fileName);
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
  }
  await syncFolder(to);
  return linked;
}

function unknown(): ControlError {
  return new ControlError("snapshot-unknown", "there is no snapshot of this name");
}

function checkName(name: string): string {
  if (/^[A-Za-z0-9_-]{1,64}$/.test(name)) return name;
  throw new ControlError("input-invalid", "a snapshot's name has 1 to 64 letters, digits, hyphens and underscores");
}

function shown({ name, savedAt, messages }: Described): Snapshot {
  return { name, savedAt, messages };
}
