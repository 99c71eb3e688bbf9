// Pairs from OUT to IN while the directory clients at both ends are killed all the while, by a seed: at some boundary of a step
// (stop-at-step.ts), or some time after their start. Several pairs and messages are in flight at once.
//
//   dropped, at most 500 a round, for several addressees --> carried while killed, until none is in OUT but such as may be
//   held --> carried in peace to the end --> each pair arrived once or is held, whole; nothing is left over anywhere
//
// A seed gives the same pairs and the same kills; how far a client comes before one is the machine's.

import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { ControlFile } from "@restante/mesh";
import { createDirectoryClient } from "@restante/mesh-client/directory";
import { type Random, randomOf } from "../../mesh-server/fuzz/random.ts";
import { type MailboxFolder, openMailboxFolder, outControl } from "../test/directory/mailbox-folder.ts";
import { changedElements } from "./kept-elements.ts";
import type { End, Lane } from "./lane.ts";
import { endOf, startMailboxes } from "./mailbox-child.ts";
import type { MailboxSettings } from "./mailbox-process.ts";
import { filingsLeft } from "./step-kills.ts";
import { settle } from "./settle.ts";

export interface RandomKills {
  readonly seed: number;
  readonly pairs: number;
  /** The first sends, and each receives. */
  readonly lanes: readonly Lane[];
  readonly onRound?: (round: Round) => void;
}

export interface Round {
  /** Pairs so far, with those of this round. */
  readonly done: number;
  readonly held: number;
  readonly kills: { readonly sending: number; readonly receiving: number };
}

interface DroppedPair {
  readonly base: string;
  readonly to: number;
  readonly control: ControlFile;
  readonly body: Buffer;
}

/** A mailbox with its folders. */
interface Mailbox {
  readonly end: End;
  readonly folder: MailboxFolder;
}

const inRound = 500;
/** Of data that may go in chunks there is more than this. */
const maxRequestBytes = 12_000;
const mostBoundaries = { sending: 600, receiving: 900 };
const longestLifeMs = 600;
const mostKills = 1000;

export async function killAtRandom({ seed, pairs, lanes, onRound }: RandomKills): Promise<void> {
  for (let from = 0; from < pairs; from += inRound) {
    const count = Math.min(inRound, pairs - from);
    const root = await mkdtemp(join(tmpdir(), "restante-kills-"));
    try {
      const result = await carry({ seed, from, count, lanes, root });
      onRound?.({ done: from + count, ...result });
    } catch (error) {
      throw new Error(`seed ${seed}, pairs ${from} to ${from + count}: ${String(error)}`, { cause: error });
    } finally {
      await rm(root, { recursive: true, force: true });
    }
  }
}

async function carry(round: {
  seed: number;
  from: number;
  count: number;
  lanes: readonly Lane[];
  root: string;
}): Promise<Omit<Round, "done">> {
  const { seed, from, count, lanes, root } = round;
  const random = (stream: number): Random => randomOf(seed, from * 4 + stream);
  const sending = await openMailbox(lanes[0]!.from, root);
  const receiving = await Promise.all(lanes.map(async ({ to }) => openMailbox(to, root)));
  const choices = random(0);
  const commit = choices.once(3) ? "two-chunk" : "single";
  const dropped = Array.from({ length: count }, (_, index) => choosePair(choices, from + index, lanes));
  const settings: MailboxSettings = { commit, maxRequestBytes, chunkBytes: 5000, reports: { collect: false } };
  for (const { base, control, body } of dropped) await sending.folder.drop(base, control, body);

  const owner = createOwner(receiving, new Map(dropped.map((pair) => [pair.body.toString("latin1"), pair])));
  const mayBeHeld = new Set(dropped.filter(({ control }) => control.localId === sharedLocalId).map(({ base }) => base));
  const isLeft = (name: string): boolean => !mayBeHeld.has(name.slice(0, name.lastIndexOf(".")));
  let isOver = false;
  const watched = (async () => {
    while (!isOver) {
      await owner.take();
      isOver ||= !(await sending.folder.names("out")).some(isLeft);
      await delay(20);
    }
  })();
  const keepKilling = async (mailboxes: readonly Mailbox[], at: Random, most: number): Promise<number> => {
    const work = { mailboxes: mailboxes.map(workOf), settings };
    let kills = 0;
    // oxlint-disable-next-line no-unmodified-loop-condition -- others end it meanwhile
    for (; !isOver; kills += 1) {
      assert.ok(kills < mostKills, "it gets on");
      await liveAndDie(work, at, most);
    }
    return kills;
  };
  const [, sent, received] = await Promise.all([
    watched.finally(() => (isOver = true)),
    keepKilling([sending], random(1), mostBoundaries.sending).finally(() => (isOver = true)),
    keepKilling(receiving, random(2), mostBoundaries.receiving).finally(() => (isOver = true)),
  ]);

  const held = await settleOne(sending, settings);
  for (const mailbox of receiving) await settleOne(mailbox, settings);
  await owner.take();
  await checkSent(sending, dropped, held, owner.arrived);
  for (const { end, folder } of [sending, ...receiving]) {
    for (const name of ["temp", "in", "failed"] as const) assert.deepEqual(await folder.names(name), [], name);
    assert.deepEqual((await end.client.list()).messageIds, [], "all that was received is acknowledged");
    assert.equal(filingsLeft(folder.root), 0);
  }
  return { held: held.length, kills: { sending: sent, receiving: received } };
}

async function openMailbox(end: End, root: string): Promise<Mailbox> {
  const folder = join(root, end.mailboxId);
  await mkdir(folder, { mode: 0o700 });
  await (await createDirectoryClient({ client: end.client, folder }))[Symbol.asyncDispose]();
  return { end, folder: openMailboxFolder(folder, end.mailboxId) };
}

function workOf({ end, folder }: Mailbox): { client: End["options"]; folder: string } {
  return { client: end.options, folder: folder.root };
}

/** As in GP Connect: it names who sends, and tells nothing of the pair. */
const sharedLocalId = "Y90001";

function choosePair(random: Random, number: number, lanes: readonly Lane[]): DroppedPair {
  const base = `PAIR-${String(number).padStart(6, "0")}`;
  const allowChunking = random.once(2);
  const bytes = random.below(random.once(4) && allowChunking ? 3 * maxRequestBytes : maxRequestBytes - 1000);
  // Its name first, so that no two are alike.
  const body = Buffer.concat([Buffer.from(base), random.bytes(bytes)]);
  const localId = random.once(4) ? sharedLocalId : `${base}-${random.below(1e9)}`;
  const to = random.below(lanes.length);
  const control = outControl(lanes[0]!.from.mailboxId, {
    to: lanes[to]!.to.mailboxId,
    subject: `about ${base}`,
    localId,
    allowChunking,
    compress: random.once(4) ? false : undefined,
    encrypted: random.once(4) ? true : undefined,
    partnerId: random.once(4) ? "PARTNER 1" : undefined,
    processId: random.once(4) ? "process-7" : undefined,
    checksum: random.once(4) ? "SHA1 0a1b2c" : undefined,
  });
  return { base, to, control, body };
}

/** One life of a process: it ends at a boundary, or from outside some time after it has started. */
async function liveAndDie(work: Parameters<typeof startMailboxes>[0], random: Random, most: number): Promise<void> {
  const isFromOutside = random.once(3);
  const [at, ms] = [1 + random.below(most), random.below(longestLifeMs)];
  const child = startMailboxes(work, isFromOutside ? undefined : { from: "start", at });
  const ended = endOf(child);
  const timer = new AbortController();
  // A client that has nothing to do any more does not come to its boundary.
  const limit = isFromOutside ? ms : 4 * longestLifeMs;
  child.stdout?.once(
    "data",
    () =>
      void delay(limit, undefined, timer).then(
        () => child.kill("SIGKILL"),
        () => undefined,
      ),
  );
  await ended.finally(() => timer.abort());
}

interface Owner {
  /** Bases of pairs that came, with their addressee's place. */
  readonly arrived: ReadonlyMap<string, number>;
  take(): Promise<void>;
}

/** Whoever owns the folders IN: takes what has a control file, and the data with it. */
function createOwner(mailboxes: readonly Mailbox[], byBody: ReadonlyMap<string, DroppedPair>): Owner {
  const arrived = new Map<string, number>();
  return {
    arrived,
    async take() {
      for (const [place, { folder }] of mailboxes.entries()) {
        for (const name of (await folder.names("in")).filter((file) => file.endsWith(".ctl"))) {
          const control = await folder.control("in", name);
          const data = name.replace(/ctl$/, "dat");
          const pair = byBody.get((await folder.read("in", data)).toString("latin1"));
          assert.ok(pair !== undefined, `${data} in IN is not what was sent`);
          assert.ok(!arrived.has(pair.base), `${pair.base} arrived twice`);
          assert.equal(pair.to, place, `${pair.base} is for another mailbox`);
          assert.deepEqual(changedElements(pair.control, control, "IN"), [], `${pair.base} in IN`);
          arrived.set(pair.base, place);
          await rm(folder.path("in", data));
          await rm(folder.path("in", name));
        }
      }
    },
  };
}

async function settleOne({ end, folder }: Mailbox, settings: MailboxSettings): Promise<readonly string[]> {
  return settle({ client: end.client, folder: folder.root, withinMs: 300_000 }, settings);
}

async function checkSent(
  { folder }: Mailbox,
  dropped: readonly DroppedPair[],
  held: readonly string[],
  arrived: Owner["arrived"],
): Promise<void> {
  const isHeld = new Set(held);
  const filesOf = (pairs: readonly DroppedPair[]): string[] =>
    pairs.flatMap(({ base }) => [`${base}.ctl`, `${base}.dat`]);
  const sent = dropped.filter(({ base }) => !isHeld.has(base));
  const left = dropped.filter(({ base }) => isHeld.has(base));
  assert.deepEqual(await folder.names("sent"), filesOf(sent));
  assert.deepEqual(await folder.names("out"), filesOf(left));
  for (const { base, body, control } of left) {
    assert.equal(control.localId, sharedLocalId, `${base} is held, although its LocalId is its own`);
    assert.ok((await folder.read("out", `${base}.dat`)).equals(body), `${base}.dat in OUT`);
  }
  for (const { base, body, control } of sent) {
    assert.ok(arrived.has(base), `${base} is in SENT and did not arrive`);
    assert.ok((await folder.read("sent", `${base}.dat`)).equals(body), `${base}.dat in SENT`);
    const copy = await folder.control("sent", `${base}.ctl`);
    assert.deepEqual(changedElements(control, copy, "SENT"), [], `${base}.ctl in SENT`);
  }
}
