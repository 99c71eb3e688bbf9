// One cycle of the directory client, in this order:
//
// 1. finish what was decided (filings left over from a crash or a full disk),
// 2. greet the server, if that is due,
// 3. look at OUT, so that its files settle while
// 4. messages are received, oldest first, each acknowledged once it is in IN,
// 5. what has settled in OUT is sent, oldest control file first.
//
// Trouble with one message or pair does not hold up the others. Trouble with the server or the way to it ends the step:
// at once where the next one is certain to meet it too, else when three in a row have met it.

import { setTimeout as delay } from "node:timers/promises";
import { MeshClientError } from "../mesh-client-error.ts";
import { type DirectoryContext, finish } from "./context.ts";
import { codeOf } from "../error-code.ts";
import { digest } from "./journal.ts";
import type { OutFolder, Sighting } from "./out-folder.ts";
import { handlePair } from "./pair.ts";
import type { PairResult } from "./pair-ends.ts";
import { pairName } from "./pair-name.ts";
import { receive } from "./receive.ts";

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
  /** The first thing that kept this poll from doing all that was due. */
  readonly error?: MeshClientError | undefined;
}

/** What a directory client keeps from one poll to the next. */
export interface PollState {
  readonly out: OutFolder;
  /** When the server was last found to know us, in milliseconds; undefined after trouble. */
  greetedAt: number | undefined;
  /** Told of each listing, how many of its entries cannot be message ids. */
  readonly tellUnusableIds: (count: number) => void;
}

/** MESH API, Validate a mailbox: every 24 hours. */
const greetEveryMs = 24 * 60 * 60 * 1000;
const troubleLimit = 3;

/** The next request would meet the same. */
const lasting: ReadonlySet<string> = new Set([
  "unreachable",
  "server-certificate",
  "client-certificate",
  "unauthorised",
  "closed",
  "aborted",
]);

export async function poll(context: DirectoryContext, state: PollState, signal: AbortSignal): Promise<PollResult> {
  const troubles: MeshClientError[] = [];
  const unfiled = await finishFilings(context, troubles);
  const unknown = await greet(context, state, signal);
  if (unknown !== undefined) troubles.push(unknown);

  const seen = await state.out.look();
  const received = unknown === undefined ? await receiveAll(context, state, unfiled, troubles, signal) : 0;
  const down = unknown ?? troubles.find(({ code }) => lasting.has(code));

  const sightings = await lookAgain(state.out, seen, signal);
  context.news.retain(sightings.map(({ base }) => base));
  const due = sightings.filter(({ base, settlesIn }) => settlesIn <= 0 && !unfiled.has(digest(base)));
  const outcomes = await sendAll(context, due, { down, troubles, signal });

  if (troubles.length > 0) state.greetedAt = undefined;
  const count = (outcome: PairResult["outcome"]): number =>
    [...outcomes.values()].filter((other) => other === outcome).length;
  const held = [...outcomes].filter(([, outcome]) => outcome === "held");
  return {
    sent: count("sent"),
    received,
    failed: count("failed"),
    waiting: count("waiting"),
    held: held.map(([baseName]) => ({ baseName, pair: pairName(baseName) })),
    error: troubles[0],
  };
}

/** Gives the pairs and messages of which the files could still not be moved: they must be left alone. */
async function finishFilings(context: DirectoryContext, troubles: MeshClientError[]): Promise<Set<string>> {
  const unfiled = new Set<string>();
  for (const filing of context.journal.filings()) {
    try {
      await finish(context, filing);
    } catch (error) {
      troubles.push(asClientError(error));
      if (filing.subject !== null) unfiled.add(filing.subject);
    }
  }
  return unfiled;
}

async function greet(
  { client, clock, journal }: DirectoryContext,
  state: PollState,
  signal: AbortSignal,
): Promise<MeshClientError | undefined> {
  const now = clock.now().getTime();
  if (state.greetedAt !== undefined && now - state.greetedAt < greetEveryMs) return undefined;
  try {
    await client.handshake({ signal });
    state.greetedAt = now;
    journal.prune();
    return undefined;
  } catch (error) {
    return asClientError(error);
  }
}

async function receiveAll(
  context: DirectoryContext,
  { tellUnusableIds }: PollState,
  unfiled: ReadonlySet<string>,
  troubles: MeshClientError[],
  signal: AbortSignal,
): Promise<number> {
  const isEnough = troubleCounter(troubles);
  let received = 0;
  let unusableIds = 0;
  try {
    for await (const messageId of context.client.listAll({
      signal,
      onUnusableIds: (count) => (unusableIds += count),
    })) {
      // Not in IN yet, so it must not be acknowledged.
      if (unfiled.has(messageId)) continue;
      try {
        if (await receive(context, messageId, signal)) received += 1;
        isEnough(undefined);
      } catch (error) {
        if (isEnough(asClientError(error))) break;
      }
    }
    tellUnusableIds(unusableIds);
  } catch (error) {
    troubles.push(asClientError(error));
  }
  return received;
}

/** What OUT holds once everything that was seen in it has had the time to settle. */
async function lookAgain(out: OutFolder, seen: readonly Sighting[], signal: AbortSignal): Promise<Sighting[]> {
  const wait = Math.max(0, ...seen.map(({ settlesIn }) => settlesIn));
  // An abort ends the waiting; whoever goes on looks at the signal. A timer may fire a little early.
  if (wait > 0) await delay(wait + 1, undefined, { signal }).catch(() => undefined);
  return out.look();
}

async function sendAll(
  context: DirectoryContext,
  sightings: readonly Sighting[],
  { down, troubles, signal }: { down: MeshClientError | undefined; troubles: MeshClientError[]; signal: AbortSignal },
): Promise<Map<string, PairResult["outcome"]>> {
  const outcomes = new Map<string, PairResult["outcome"]>();
  const isEnough = troubleCounter(troubles);
  let unusable = down;
  for (const sighting of sightings) {
    if (signal.aborted) break;
    const { outcome, error } = await handlePair(context, sighting, unusable).catch((error: unknown) => ({
      outcome: "waiting" as const,
      error: asClientError(error),
    }));
    outcomes.set(sighting.base, outcome);
    // Once the server is known to be unusable, the other pairs are told so and not tried.
    if (unusable === undefined && isEnough(error)) unusable = error;
  }
  return outcomes;
}

/** Collects troubles, and tells when to stop. */
function troubleCounter(troubles: MeshClientError[]): (trouble: MeshClientError | undefined) => boolean {
  let inARow = 0;
  return (trouble) => {
    inARow = trouble === undefined ? 0 : inARow + 1;
    if (trouble === undefined) return false;
    troubles.push(trouble);
    return lasting.has(trouble.code) || inARow >= troubleLimit;
  };
}

/**
 * Trouble with the disk is told like any other, without the system's own words: they name files, and those may be
 * named after patients. What is neither is a mistake of ours; it too is of one pair or message and not of all.
 */
export function asClientError(error: unknown): MeshClientError {
  if (error instanceof MeshClientError) return error;
  const code = codeOf(error);
  if (code === undefined) {
    const name = error instanceof Error ? error.name : typeof error;
    return new MeshClientError("defect", `A defect in the directory client (${name}).`, { cause: error });
  }
  return new MeshClientError("folder-unusable", `A file could not be read, written or moved (${code}).`, {
    cause: new Error(code),
  });
}
