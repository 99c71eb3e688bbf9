// Which snapshots there are, as the files NAME.json of their folder say (snapshots.ts). Anybody may have edited these, or cut them
// short: what a file names is put back, and deleted, so one that names no folder of its own snapshot is damaged.

import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";

import type { Snapshot } from "@restante/control";
import { DurableError, isMissing } from "@restante/durable";

/** What NAME.json says. */
export interface Described extends Snapshot {
  readonly folder: string;
}

export async function namesIn(root: string): Promise<string[]> {
  const entries = await entriesOf(root);
  return entries.flatMap((entry) => /^([A-Za-z0-9_-]{1,64})\.json$/.exec(entry)?.[1] ?? []).toSorted();
}

export async function readDescribed(root: string, name: string): Promise<Described | undefined> {
  const file = join(root, `${name}.json`);
  try {
    const found: unknown = JSON.parse(await readFile(file, "utf8"));
    if (isDescribed(found, name)) return found;
  } catch (error) {
    if (isMissing(error)) return undefined;
    const isFolder = error instanceof Error && "code" in error && error.code === "EISDIR";
    if (!(error instanceof SyntaxError) && !isFolder) throw error;
  }
  throw new DurableError("damaged", file, "it does not describe a snapshot of this name: remove that snapshot");
}

/** What it names is put back, and deleted: so it names a folder of this snapshot, or nothing. */
function isDescribed(value: unknown, name: string): value is Described {
  if (typeof value !== "object" || value === null) return false;
  const found = value as Record<string, unknown>;
  return (
    found["name"] === name &&
    typeof found["folder"] === "string" &&
    isFolderOf(name)(found["folder"]) &&
    typeof found["savedAt"] === "string" &&
    Number.isSafeInteger(found["messages"])
  );
}

export function isFolderOf(name: string): (entry: string) => boolean {
  return (entry) => entry.startsWith(`${name}.`) && /^[0-9a-f]{16}$/.test(entry.slice(name.length + 1));
}

export function ifDamaged(error: unknown): "damaged" {
  if (error instanceof DurableError && error.code === "damaged") return "damaged";
  throw error;
}

/** At start: what was not finished, and what was not removed to its end. Of a damaged one nothing: it is told when it is asked for. */
export async function sweep(root: string): Promise<void> {
  const named = new Set<string>();
  const damaged: string[] = [];
  for (const name of await namesIn(root)) {
    const described = await readDescribed(root, name).catch(ifDamaged);
    if (described === "damaged") damaged.push(name);
    else if (described !== undefined) named.add(described.folder);
  }
  for (const entry of await entriesOf(root)) {
    const isOurs = /^[A-Za-z0-9_-]{1,64}\.[0-9a-f]{16}$/.test(entry) && !named.has(entry);
    if (!isOurs || damaged.some((name) => isFolderOf(name)(entry))) continue;
    await rm(join(root, entry), { recursive: true, force: true });
  }
}

/** None of a folder that is not there. */
export async function entriesOf(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}
