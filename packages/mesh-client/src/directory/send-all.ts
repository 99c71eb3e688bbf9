// The pairs in OUT, each in the lane of its addressee:
//
//   addressee   What To_DTS says, trimmed and in capitals, as MESH compares mailbox ids. A routing address is one of its own. A pair
//               whose control file cannot be read has a lane to itself: it fails.
//   order       By the times of the control files, of equal ones by name. A pair is in the order once it has settled.
//   one in      In a lane a pair starts when the one before it has come to its end: sent, or failed. Lanes go side by side, as
//   flight      far as the workers have places.
//
// What the pairs behind one wait for:
//
//   retried     Nothing of it is at the server, or it is not known whether: it was tried, and is to be tried again. They wait, for
//               `waitForEarlierMs` (10 min) after its first attempt; then it is passed at every look, though still
//               tried in its turn. What fails by itself, and not for the server's or a folder's trouble, is
//               tried after those that passed it: it costs them no time.
//   held        They pass it at once, as they do an incomplete one.
//   sent        Also while its files cannot be moved: they go on.
//
// A pair that starts while an earlier one of its lane is passed has overtaken it: `pair-overtaken`, once, just before it starts.
//
// A lane lives as long as one look at OUT. It ends when its last pair has had its turn; when a pair is retried, for which the others
// wait; or when the call is given up. What those behind wait for does not hang on memory: the order is in OUT, the states and the
// time of the first attempt are in the journal. So also after a restart, or a kill, the earlier pair is tried first, and one
// that was being sent has to be settled before the next starts. Not promised: that a pair is not overtaken by one that was
// dropped, or became complete, after it had started; that an attempt that came to nothing before the journal had it (TEMP
// is full) counts against the 10 minutes after a restart; an order among addresses that lead to the same mailbox.
//
// Failures: a pair that fails ends its lane's turn, and no other lane's. They are counted over all lanes in the order in which they
// come, and a pair that does not fail ends the count. Three in a row, and each 50, and the server is asked whether it answers at all;
// what is under way goes on meanwhile. Once it is known to be unusable, by an answer about the way to it, by that question,
// or by ten failures in a row, no pair starts any more; what is in flight comes to its end (a send that is cut
// short would be in doubt), so there may be as many more failures as there are places. The others are told that they wait.

import type { MeshClientError } from "../mesh-client-error.ts";
import type { DirectoryContext } from "./context.ts";
import { FolderTrouble } from "./folder-trouble.ts";
import type { Lane, Lanes } from "./lanes.ts";
import type { Sighting } from "./out-folder.ts";
import { handlePair } from "./pair.ts";
import type { PairResult } from "./pair-ends.ts";
import { shortName } from "./pair-name.ts";
import { serverAnswers } from "./server-answers.ts";
import { isOfTheWay } from "./way-to-the-server.ts";

/** So many failures in a row are a sign that something is wrong with sending, which should not leave all pairs in doubt. */
const mostInARow = 10;

export interface Sending {
  readonly lanes: Lanes;
  /** The server is known to be unusable: the pairs are told so and not tried. */
  readonly down: MeshClientError | undefined;
  /** Whether pairs that failed before are tried again; if not, they are waited for, or passed, as they are. */
  readonly retry: boolean;
  readonly signal: AbortSignal;
}

/** The pairs that are before another in its lane, and are passed. */
interface Overtaken {
  readonly first: Sighting;
  readonly pairs: number;
}

/** What the pairs behind one do: wait for it, go before it, or go on, since it has come to its end. */
type Behind = "wait" | "pass" | "go on";

/** Does what is due for each pair. */
export async function sendAll(
  context: DirectoryContext,
  sightings: readonly Sighting[],
  { lanes, down, retry, signal }: Sending,
): Promise<Map<Sighting, PairResult["outcome"]>> {
  const { journal, troubles, workers, mailboxId } = context;
  const outcomes = new Map<Sighting, PairResult["outcome"]>();
  let unusable = down;
  let inARow = 0;

  /** Has its turn, and overtakes if it starts. Gives what those behind it do. */
  async function take(sighting: Sighting, overtakes: Overtaken | undefined, waits: boolean): Promise<Behind> {
    let wasTried = false;
    const handle = async (): Promise<PairResult> => {
      if (signal.aborted) return { outcome: "waiting" };
      wasTried = unusable === undefined && !waits;
      const starts = (): void => tellOvertaken(context, lanes, sighting, overtakes);
      return handlePair(context, sighting, { down: unusable, waits, starts });
    };
    const { outcome, isDecided, error } = await workers.run(mailboxId, handle).catch((cause: unknown): PairResult => ({
      outcome: "waiting",
      // It had no chance to be told.
      error: troubles.met(cause),
    }));
    outcomes.set(sighting, outcome);
    if (!wasTried) return waits ? "wait" : "go on";
    const isRetried = outcome === "waiting" && isToBeSent(sighting, error);
    if (isRetried) lanes.retried(sighting, error !== undefined && isItsOwn(error));
    else lanes.notRetried(sighting);
    if (error === undefined) inARow = 0;
    else await failed(error);
    if (isRetried && isWaitedFor(sighting)) return "wait";
    return isRetried || outcome === "held" || (outcome === "waiting" && isDecided !== true && error === undefined)
      ? "pass"
      : "go on";
  }

  /** Neither accepted, nor at its end, nor incomplete. */
  function isToBeSent({ key, fingerprint }: Sighting, error: MeshClientError | undefined): boolean {
    const row = journal.openSend(key, fingerprint);
    return row === undefined ? error !== undefined : row.state !== "accepted";
  }

  function isWaitedFor(sighting: Sighting): boolean {
    return lanes.waitsFor(sighting, journal.openSend(sighting.key, sighting.fingerprint)) > 0;
  }

  async function failed(error: MeshClientError): Promise<void> {
    if (isItsOwn(error)) troubles.metPair(error);
    else troubles.met(error);
    if (error instanceof FolderTrouble) return;
    inARow += 1;
    const goesOn = !isOfTheWay(error) && inARow < mostInARow && (await serverAnswers(context, inARow, signal));
    if (!goesOn) unusable ??= error;
  }

  async function goThrough(lane: Lane): Promise<void> {
    const passed: Sighting[] = [];
    const last: (() => Promise<unknown>)[] = [];
    let waits = false;
    for (const sighting of lane) {
      if (signal.aborted) return;
      const [first] = passed;
      const before = first === undefined ? undefined : { first, pairs: passed.length };
      if (!waits && unusable === undefined && lanes.isRetried(sighting)) {
        const isPassed = !isWaitedFor(sighting);
        if (!retry || (isPassed && lanes.failsByItself(sighting))) {
          if (isPassed) passed.push(sighting);
          waits = !isPassed;
          if (retry) last.push(async () => take(sighting, before, false));
          else outcomes.set(sighting, "waiting");
          continue;
        }
      }
      const behind = await take(sighting, before, waits);
      waits = behind === "wait";
      if (behind === "pass") passed.push(sighting);
    }
    for (const again of last) {
      if (signal.aborted) return;
      await again();
    }
  }

  const all = await lanes.arrange(sightings);
  const hasFailed = ([first]: Lane): boolean => first !== undefined && lanes.isRetried(first);
  // What fails does not hold up other lanes, however few places there are.
  const ordered = [...all.filter((lane) => !hasFailed(lane)), ...all.filter(hasFailed)];
  await Promise.all(ordered.map(goThrough));
  return outcomes;
}

/** Trouble of one pair alone: neither the server's as a whole, nor a folder's. */
function isItsOwn(error: MeshClientError): boolean {
  return !(error instanceof FolderTrouble) && !isOfTheWay(error);
}

function tellOvertaken(
  { mailboxId, emit, journal }: DirectoryContext,
  lanes: Lanes,
  { key }: Sighting,
  overtaken: Overtaken | undefined,
): void {
  if (overtaken === undefined || !lanes.isFirstOvertaking(key)) return;
  const { first, pairs } = overtaken;
  const reason = reasonOf(journal.openSend(first.key, first.fingerprint)?.state, lanes.isRetried(first));
  emit({
    event: "pair-overtaken",
    mailboxId,
    pair: shortName(first.key),
    by: shortName(key),
    pairs,
    reason,
  });
}

function reasonOf(state: string | undefined, isRetried: boolean): string {
  if (state === "held") return "it is held";
  return isRetried ? "it is being retried for too long" : "it is incomplete";
}
