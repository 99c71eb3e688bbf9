// How much is done at once by all the mailboxes of a process, and by which of them.
//
// A work is one pair that is sent or one message that is received, and, of the connections that mailboxes share
// (connections.ts), one request until its answer has come whole; it has a place from its beginning to its end. There are
// `most` places for all mailboxes together. A place that is free goes to the mailbox that has the fewest of those that
// wait, and of equals to the one that has waited longest for its turn. No work is stopped in favour of another. So that
// mailboxes whose work hangs take nothing from the others but speed:
//
// - no mailbox has more than `mostOfOne` places at once, also while no other wants one, but for what follows;
// - a mailbox that has none gets one at once, even if all are taken: it waits for no other mailbox;
// - a download may go on for hours, and nothing else waits for one: a mailbox that has places for downloads alone gets
//   one at once for whatever else it has to do. So there are at most `most` works, and two more a mailbox.
//
// A work must not wait for another of its mailbox: it might wait for its own place.

import { MeshClientError } from "./mesh-client-error.ts";

/** Shared by the directory clients of a process, as their option `workers`. */
export interface Workers {
  /**
   * Does a work in its mailbox's turn, and gives what it gives. A mailbox's works begin in the order in which they came,
   * but that all else goes before downloads.
   *
   * @throws what the work fails with; MeshClientError `aborted` if it was given up before it began
   */
  run<Result>(mailbox: string, work: () => Promise<Result>, options?: WorkOptions): Promise<Result>;
  /** A place for a work that has its end elsewhere. */
  ask(mailbox: string, isDownload?: boolean): Place;
}

export interface WorkOptions {
  readonly signal?: AbortSignal | undefined;
  /** It may go on for hours. False if absent. */
  readonly isDownload?: boolean | undefined;
}

/** A place that a work was asked for. */
export interface Place {
  /** When the work may begin. */
  readonly had: Promise<void>;
  /** Gives it back; or asks for it no longer, and then it is never had. */
  leave(): void;
}

export interface WorkersOptions {
  /** Works at once, of all mailboxes; at least 1. */
  readonly most: number;
  /** Works at once of one mailbox. Half of `most` if absent. */
  readonly mostOfOne?: number | undefined;
}

interface Mailbox {
  readonly downloads: Works;
  /** All else. */
  readonly others: Works;
}

interface Works {
  inHand: number;
  readonly waiting: Set<() => void>;
}

export function createWorkers({ most, mostOfOne = Math.ceil(most / 2) }: WorkersOptions): Workers {
  /** Those that have works or wait for one; who got a place last is last. */
  const mailboxes = new Map<string, Mailbox>();
  let inHand = 0;

  /** Of which a mailbox may begin one. */
  function mayBegin({ downloads, others }: Mailbox): Works | undefined {
    const ofOne = downloads.inHand + others.inHand;
    const isFree = inHand < most && ofOne < mostOfOne;
    if (others.waiting.size > 0 && (isFree || others.inHand === 0)) return others;
    if (downloads.waiting.size > 0 && (isFree || ofOne === 0)) return downloads;
    return undefined;
  }

  /** Whose turn it is. */
  function next(): [string, Mailbox] | undefined {
    let chosen: [string, Mailbox] | undefined;
    let fewest = Infinity;
    for (const entry of mailboxes) {
      const [, mailbox] = entry;
      const ofOne = mailbox.downloads.inHand + mailbox.others.inHand;
      if (ofOne < fewest && mayBegin(mailbox) !== undefined) [chosen, fewest] = [entry, ofOne];
    }
    return chosen;
  }

  function give(): void {
    for (let turn = next(); turn !== undefined; turn = next()) {
      const [name, mailbox] = turn;
      const works = mayBegin(mailbox);
      const [begin] = works?.waiting ?? [];
      if (works === undefined || begin === undefined) return;
      works.waiting.delete(begin);
      mailboxes.delete(name);
      mailboxes.set(name, mailbox);
      works.inHand += 1;
      inHand += 1;
      begin();
    }
  }

  function forgetIdle(name: string, { downloads, others }: Mailbox): void {
    if ([downloads, others].every((works) => works.inHand === 0 && works.waiting.size === 0)) mailboxes.delete(name);
  }

  function ask(name: string, isDownload = false): Place {
    const mailbox = mailboxes.get(name) ?? { downloads: noWorks(), others: noWorks() };
    const works = isDownload ? mailbox.downloads : mailbox.others;
    mailboxes.set(name, mailbox);
    const { promise: had, resolve } = Promise.withResolvers<void>();
    works.waiting.add(resolve);
    give();
    let isLeft = false;
    return {
      had,
      leave() {
        if (isLeft) return;
        isLeft = true;
        const hadNone = works.waiting.delete(resolve);
        if (!hadNone) {
          works.inHand -= 1;
          inHand -= 1;
        }
        forgetIdle(name, mailbox);
        if (!hadNone) give();
      },
    };
  }

  return {
    ask,
    async run(name, work, { signal, isDownload } = {}) {
      if (signal?.aborted === true) throw givenUp();
      const place = ask(name, isDownload);
      try {
        await beforeAborted(place.had, signal);
        return await work();
      } finally {
        place.leave();
      }
    },
  };
}

function noWorks(): Works {
  return { inHand: 0, waiting: new Set() };
}

/** A work that has begun goes on: its own way of ending is its own. */
async function beforeAborted(had: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  if (signal === undefined) return had;
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = (): void => reject(givenUp());
  signal.addEventListener("abort", abort, { once: true });
  try {
    await Promise.race([had, aborted]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

function givenUp(): MeshClientError {
  return new MeshClientError("aborted", "The work was given up before it began.", { retry: "safe" });
}
