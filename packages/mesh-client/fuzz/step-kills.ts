// Kills a directory client at every boundary of a step (stop-at-step.ts) of one pair or message of a kind, each time on folders
// of their own, and holds what becomes of it against the promise:
//
//   begun --> killed at the n-th boundary --> what is seen is whole; its owner takes what is in IN --> settled by a client in
//   peace --> it arrived once, or is shown as held; what is in IN came once; nothing is left over anywhere

import assert from "node:assert/strict";
import { statSync } from "node:fs";
import { mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { buffer } from "node:stream/consumers";
import { openToRead } from "@restante/durable";
import type { ControlFile } from "@restante/mesh";
import { createDirectoryClient } from "@restante/mesh-client/directory";
import { openMailboxFolder } from "../test/directory/mailbox-folder.ts";
import type { Kind, Run } from "./kinds.ts";
import type { End, Lane } from "./lane.ts";
import { type Boundary, endOf, startMailboxes } from "./mailbox-child.ts";
import { settle } from "./settle.ts";

export interface StepKills {
  /** How many boundaries there were. */
  readonly boundaries: number;
  readonly kills: number;
}

/**
 * Kills at every boundary since the start or the first request, or at every k-th, on as many lanes as there are, until a client
 * comes to its end before that.
 */
export async function killAtSteps(
  kind: Kind,
  lanes: readonly Lane[],
  { from = "start", every = 1 }: { from?: Boundary["from"]; every?: number } = {},
): Promise<StepKills> {
  let next = every;
  let boundaries = 0;
  let kills = 0;
  let isOver = false;
  await Promise.all(
    lanes.map(async (lane) => {
      while (!isOver) {
        const at = next;
        next += every;
        const end = await killAt(kind, lane, { from, at }).catch((cause: unknown) => {
          isOver = true;
          throw new Error(`${kind.name}, killed at ${at}: ${String(cause)}`, { cause });
        });
        if (end === "ended") isOver = true;
        else {
          kills += 1;
          boundaries = Math.max(boundaries, at);
        }
      }
    }),
  );
  return { boundaries, kills };
}

/** @returns the boundary, or `ended` if there are not so many */
export async function killAt(kind: Kind, lane: Lane, stop: Boundary): Promise<string> {
  const { mailboxId, client, options } = lane[kind.end];
  const root = await mkdtemp(join(tmpdir(), "restante-kill-"));
  const other = kind.disk === undefined ? undefined : await otherDisk(root, kind.disk);
  let boundary = "not begun";
  try {
    const run: Run = { lane, folder: openMailboxFolder(root, mailboxId), localId: basename(root), bodies: [] };
    await (await createDirectoryClient({ client, folder: root }))[Symbol.asyncDispose]();
    await kind.begin(run);
    const { settings = {}, misled = {} } = kind;
    const mailboxes = [{ client: { ...options, ...misled }, folder: root }];
    boundary = await endOf(startMailboxes({ mailboxes, settings, polls: 1 }, stop));

    const taken: Map<string, { control: ControlFile; data: Buffer | undefined }> = new Map();
    await take(run, taken);
    const held = await settle(
      { client: lane[kind.end].client, folder: run.folder.root, withinMs: 60_000 },
      kind.settings,
    );
    await take(run, taken);
    assert.deepEqual(await run.folder.names("in"), []);
    assert.deepEqual(await run.folder.names("temp"), []);
    assert.deepEqual((await client.list()).messageIds, [], "all that was received is acknowledged");
    assert.equal(filingsLeft(root), 0);
    const arrived = kind.end === "from" ? await collect(lane.to) : [];
    await kind.check(run, { taken, held, arrived });
    return boundary;
  } catch (error) {
    throw new Error(`${boundary}: ${String(error)}`, { cause: error });
  } finally {
    await rm(root, { recursive: true, force: true });
    if (other !== undefined) await rm(other, { recursive: true, force: true });
  }
}

const otherDisks = "/dev/shm";

/** Whether there is a second disk at hand. */
export function hasOtherDisk(): boolean {
  const other = statSync(otherDisks, { throwIfNoEntry: false });
  return other !== undefined && other.dev !== statSync(tmpdir()).dev;
}

async function otherDisk(root: string, name: NonNullable<Kind["disk"]>): Promise<string> {
  const made = await mkdtemp(join(otherDisks, "restante-kill-"));
  await symlink(made, join(root, name.toUpperCase()));
  return made;
}

/** What is seen in IN, SENT and FAILED at any moment is whole. What is a pair or a report in IN is taken away, as its owner does. */
async function take(
  { folder, bodies }: Run,
  taken: Map<string, { control: ControlFile; data: Buffer | undefined }>,
): Promise<void> {
  for (const name of ["in", "sent", "failed"] as const) {
    const names = await folder.names(name);
    for (const file of names.filter((entry) => entry.endsWith(".dat"))) {
      const data = await folder.read(name, file);
      assert.ok(
        bodies.some((body) => body.equals(data)),
        `${file} in ${name} is not what was sent`,
      );
    }
    for (const file of names.filter((entry) => entry.endsWith(".ctl"))) {
      const control = await folder.control(name, file);
      const dataName = file.replace(/ctl$/, "dat");
      const isPair = names.includes(dataName);
      assert.ok(
        isPair || (name === "in" && control.messageType === "Report"),
        `${file} is in ${name} without its data`,
      );
      if (name !== "in") continue;
      assert.ok(!taken.has(file), `${file} came to IN twice`);
      taken.set(file, { control, data: isPair ? await folder.read(name, dataName) : undefined });
      if (isPair) await rm(folder.path(name, dataName));
      await rm(folder.path(name, file));
    }
  }
}

/** What a mailbox has, in the order of acceptance; acknowledged. */
export async function collect({ client }: End): Promise<Buffer[]> {
  const bodies: Buffer[] = [];
  for await (const messageId of client.listAll()) {
    bodies.push(await buffer((await client.download(messageId)).body));
    await client.acknowledge(messageId);
  }
  return bodies;
}

/** Moves that the journal still wants made. */
export function filingsLeft(root: string): number {
  const database = openToRead(join(root, ".restante", "journal.db"));
  try {
    return Number(database.prepare("SELECT count(*) AS left FROM filing").get()?.["left"]);
  } finally {
    database.close();
  }
}
