// One cycle of the directory client, in this order:
//
// 1. finish what was decided (filings left over from a crash or a full disk),
// 2. greet the server, if that is due,
// 3. look at OUT, so that its files settle while
// 4. messages are received, several at once and in order, each acknowledged once it is in IN,
// 5. what has settled in OUT is sent: to each addressee oldest control file first, different addressees side by side.
//
// Trouble with one message or pair does not hold up the others, nor does trouble with one folder what can do without it:
// without OUT messages are received, without IN, SENT or FAILED pairs are sent. Only trouble with the way to the server
// ends a step, and with a folder that all of it needs.
//
// Between polls OUT alone may be looked at (lookAtOut): steps 1, 3 and 5. What failed before is not tried again then, and no
// trouble is found to be over: both are for the next poll.

import { setTimeout as delay } from "node:timers/promises";
import type { MeshClientError } from "../mesh-client-error.ts";
import type { DirectoryContext } from "./context.ts";
import { finishLater } from "./finish-filing.ts";
import { discardLeft } from "./staging.ts";
import { asClientError, inFolder } from "./folder-trouble.ts";
import type { Lanes } from "./lanes.ts";
import type { OutFolder, Sighting, Stray } from "./out-folder.ts";
import type { PairResult } from "./pair-ends.ts";
import { pairName } from "./pair-name.ts";
import { receiveAll } from "./receive-all.ts";
import { countUnfetched, type ReceivingState } from "./receiving-state.ts";
import { type Sending, sendAll } from "./send-all.ts";
import { isOfTheWay } from "./way-to-the-server.ts";

/** A pair that waits for a person: see docs/decisions/031-pair-in-doubt.md. */
export interface HeldPair {
  /** The base name of its files. May name a patient: for a screen, not for a log. */
  readonly baseName: string;
  /** How events name it. */
  readonly pair: string;
}

export interface PollResult {
  readonly sent: number;
  /** Messages and reports of the server that came into IN. */
  readonly received: number;
  /** Pairs that went to FAILED. */
  readonly failed: number;
  /** Pairs, or halves of pairs, that stay in OUT for now. */
  readonly waiting: number;
  readonly held: readonly HeldPair[];
  /**
   * Messages that could not be fetched, each waiting in MESH for a next try of its own, and those that have been under way for
   * half an hour; also while polls go well.
   */
  readonly unfetched: number;
  /** The first thing that kept this poll from doing all that was due. */
  readonly error?: MeshClientError | undefined;
}

/** What a directory client keeps from one poll to the next. */
export interface PollState extends ReceivingState {
  readonly out: OutFolder;
  readonly lanes: Lanes;
  /** When the server was last found to know us, in milliseconds; undefined after trouble with it. */
  greetedAt: number | undefined;
  /** When OUT was last looked at: whether something in it had not settled, and how long the look took, in milliseconds. */
  restless: boolean;
  lookTookMs: number;
}

/** MESH API, Validate a mailbox: every 24 hours. */
const greetEveryMs = 24 * 60 * 60 * 1000;

export async function poll(context: DirectoryContext, state: PollState, signal: AbortSignal): Promise<PollResult> {
  const { troubles } = context;
  state.more = false;
  context.journal.checkPlace();
  for (const trouble of await state.watch()) troubles.met(trouble);
  const unfiled = await finishFilings(context);
  const down = await greet(context, state, signal);
  if (down !== undefined) troubles.met(down);

  const seen = await look(context, state);
  const canReceive = down === undefined && !troubles.isUnusable("IN") && !troubles.isUnusable("TEMP");
  const receiving = canReceive ? await receiveAll(context, state, { unfiled, signal }) : undefined;

  const unusable = down ?? troubles.ofServer().find(isOfTheWay);
  const sending = await sendSettled(context, state, seen, { unfiled, down: unusable, retry: true, signal });
  return { ...sending, received: receiving?.received ?? 0 };
}

/** What can be done of OUT without asking the server for anything. */
export async function lookAtOut(context: DirectoryContext, state: PollState, signal: AbortSignal): Promise<PollResult> {
  const { troubles } = context;
  context.journal.checkPlace();
  for (const trouble of await state.watch()) troubles.met(trouble);
  const unfiled = await finishFilings(context);
  const seen = await look(context, state);
  return sendSettled(context, state, seen, { unfiled, down: undefined, retry: false, signal });
}

interface SendingOf extends Pick<Sending, "down" | "retry" | "signal"> {
  /** Pairs of which the files could not be moved yet. */
  readonly unfiled: ReadonlySet<string>;
}

/** Sends what is at rest in OUT, once all that was seen in it has had the time to settle. */
async function sendSettled(
  context: DirectoryContext,
  state: PollState,
  seen: readonly Sighting[] | undefined,
  { unfiled, ...sending }: SendingOf,
): Promise<PollResult> {
  const { troubles } = context;
  const sightings = await lookAgain(context, state, seen, sending.signal);
  const due = (sightings ?? []).filter(({ key, settlesIn }) => settlesIn <= 0 && !unfiled.has(key));
  const canSend = sightings !== undefined && !troubles.isUnusable("TEMP");
  const outcomes = canSend
    ? await sendAll(context, due, { ...sending, lanes: state.lanes })
    : new Map<Sighting, PairResult["outcome"]>();

  if (troubles.ofServer().length > 0) state.greetedAt = undefined;
  const count = (outcome: PairResult["outcome"]): number =>
    [...outcomes.values()].filter((other) => other === outcome).length;
  const held = [...outcomes].filter(([, outcome]) => outcome === "held");
  return {
    sent: count("sent"),
    received: 0,
    failed: count("failed"),
    waiting: count("waiting"),
    held: held.map(([{ base }]) => ({ baseName: base, pair: pairName(base) })),
    unfetched: countUnfetched(state, context.settings.orderWaitMs),
    error: troubles.first(),
  };
}

/** Gives the pairs and messages of which the files could still not be moved: they must be left alone. */
async function finishFilings(context: DirectoryContext): Promise<Set<string>> {
  const unfiled = new Set<string>();
  await discardLeft(context);
  for (const filing of context.journal.filings()) {
    const isFiled = await finishLater(context, filing).catch((error: unknown) => {
      context.troubles.met(error);
      return false;
    });
    if (!isFiled && filing.subject !== null) unfiled.add(filing.subject);
  }
  return unfiled;
}

async function greet(
  { client, clock }: DirectoryContext,
  state: PollState,
  signal: AbortSignal,
): Promise<MeshClientError | undefined> {
  const now = clock.now().getTime();
  const since = now - (state.greetedAt ?? Infinity);
  // A clock that was set back must not put it off for as long as that.
  if (since >= 0 && since < greetEveryMs) return undefined;
  try {
    await client.handshake({ signal });
  } catch (error) {
    return asClientError(error);
  }
  state.greetedAt = now;
  return undefined;
}

/** Undefined if OUT cannot be read; the rest of the poll goes on. */
async function look({ troubles }: DirectoryContext, state: PollState): Promise<Sighting[] | undefined> {
  if (troubles.isUnusable("OUT")) return undefined;
  try {
    const startedAt = performance.now();
    const sightings = await inFolder("out", async () => state.out.look());
    state.lookTookMs = performance.now() - startedAt;
    state.restless = sightings.some(({ settlesIn }) => settlesIn > 0);
    return sightings;
  } catch (error) {
    troubles.met(error);
    return undefined;
  }
}

/** What OUT holds once everything that was seen in it has had the time to settle. */
async function lookAgain(
  context: DirectoryContext,
  state: PollState,
  seen: readonly Sighting[] | undefined,
  signal: AbortSignal,
): Promise<Sighting[] | undefined> {
  if (seen === undefined) return undefined;
  const wait = Math.max(0, ...seen.map(({ settlesIn }) => settlesIn));
  // An abort ends the waiting; whoever goes on looks at the signal. A timer may fire a little early.
  if (wait > 0) await delay(wait + 1, undefined, { signal }).catch(() => undefined);
  const sightings = await look(context, state);
  if (sightings === undefined) return undefined;
  const keys = sightings.map(({ key }) => key);
  context.news.retain(keys);
  context.names.retain(keys);
  context.troubles.retainPairs(keys);
  // What is on its way to its name has as long as half a pair has.
  const { clock, settings } = context;
  const before = clock.now().getTime() - settings.missingDataAfterMs;
  const isLeft = ({ changedAt, hereMs }: Stray): boolean => changedAt < before || hereMs >= settings.missingDataAfterMs;
  context.troubles.passesOver(state.out.strays().filter(isLeft).length);
  for (const { key, age } of sightings) {
    if (age.restlessMs >= settings.missingDataAfterMs) context.troubles.waits(key, { reason: "it goes on changing" });
  }
  return sightings;
}
