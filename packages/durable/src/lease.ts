// A folder on a disk that several machines reach is held by one of them at a time, under each name.
//
// Between the processes of one machine the lock of its operating system decides (hold-folder.ts), at once. Whether it reaches
// other machines depends on the disk and on how it is mounted. So beside it lies `<name>.lease`: host, boot, machine and a
// random instance of who holds the folder, and a count, the beat. All ages are by the clock of the disk: the time of the lease
// file, which each renewal writes, against the time of a file that is made for this (`<name>.clock.<instance>`).
//
//   none    --made whole, then named, if there is none (link)----------------------> held
//   another --of this machine: that process has ended, the system's lock says so---> taking
//           --of another, not renewed for 5 min, nor while this one waits 25 s-----> taking
//           --of another, and a person has said so (takeOver)----------------------> taking
//           --else-----------------------------------------------------------------> refused
//   taking  `<name>.taking` is made, if there is none: of several candidates one goes on. It reads the lease again, which must
//           be the one that it judged; puts its own in its place (a new file, renamed); where the last holder was on another
//           machine it waits 2 s; reads it again, which must be its own; removes `<name>.taking`.       --> held
//   held    renewed each 20 s, by writing into the file that it read its own instance from, never by name.
//           Not renewed for 3 min, by any clock of this machine: no step begins before it has been renewed under
//           `<name>.taking`, which it is only if nobody has it in hand and the lease is still its own.
//   lost    Another's instance is in the lease. For good: `onLost` is called once, and every `check` fails.
//
// Before each step a holder reads the lease (`check`), and before each commit (`checkNow`). What this can and cannot do:
//
// - Two candidates at once: one makes `<name>.taking`. On a disk where both can, the one whose lease was put last
//   finds its own after the wait, and the other another's. A candidate that was killed there leaves `<name>.taking`: it is
//   removed when it is a minute old, or at once by a process of the same machine.
// - A holder that is paused for 10 minutes and woken: its clocks may not have gone on, so they are not believed alone. Its next
//   step reads the lease. If another has it, it stops. If nobody has, it has had it all the while, and renews it first.
// - A holder that is paused between reading the lease and its step, or within one, for more than 5 minutes, makes that one
//   step later beside the new one. No lock in a file can prevent this, only the disk: see docs/decisions/217 for what each
//   step does then. A database is safe from it: who takes a lease from another machine gives it a file of its own
//   (separate-database.ts).
// - The disk's clock is set forward: a lease looks old, but is renewed while the candidate waits. It is set back: a lease is
//   of the future, and so not old; until its time has come, only a person can take it.
// - A kill leaves no lease that does not say whose it is, and files of a moment (`<name>.begun.*`, `<name>.clock.*`), which the next holder
//   removes once they are a minute old. Where files have no second names the lease is made under its name (O_EXCL), and one
//   that was killed there before it could write is empty: it is taken as another machine's.
// - A full disk: the lease is made empty, known by its inode and written later. Where another machine's must be replaced, and
//   cannot, the start is refused.

import { rmSync } from "node:fs";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { claimLease, inUse, leaseTimes, type TakingOptions } from "./claim-lease.ts";
import { asDurableError, DurableError } from "./errors.ts";
import { type FoundLease, readLease, readLeaseNow, writeOver } from "./lease-file.ts";
import { areOfOneMachine, currentTenant } from "./machine.ts";

export interface LeaseOptions extends TakingOptions {
  /** Called once if another has it: stop using the folder. */
  readonly onLost?: ((error: DurableError) => void) | undefined;
}

export interface Lease extends Disposable {
  /** It was taken from a process of another machine, which may not know that yet. */
  readonly isFromElsewhere: boolean;
  /**
   * To be awaited before each step: that the lease is still this process's own. Many that ask at once share one reading, which
   * has not begun before the last of them asked.
   *
   * @throws {DurableError} `held` if it is lost; else why it cannot be read or renewed
   */
  check(): Promise<void>;
  /** The same of the file alone, at once: for what must be right before a commit. */
  checkNow(): void;
}

/**
 * Takes the lease of a folder, which is there. To be called with the system's own lock of it held.
 *
 * @throws {DurableError} `held`, naming the process and its machine
 */
export async function takeLease(folder: string, name: string, options: LeaseOptions = {}): Promise<Lease> {
  const { onLost } = options;
  const times = { ...leaseTimes, ...options.times };
  const { file, isOwn, nextText, make, acquire, whileTaking } = claimLease(folder, name, options);
  let renewedAt = now();
  let lost: DurableError | undefined;
  let isOver = false;

  function taken(found: FoundLease): never {
    // Let go of, it may be another's at once.
    if (isOver) throw inUse(folder, found, undefined, undefined);
    if (lost === undefined) {
      lost = inUse(folder, found, undefined, "this one has lost it, and stops");
      clearInterval(timer);
      onLost?.(lost);
    }
    throw lost;
  }

  async function renew(): Promise<void> {
    const begun = now();
    const found = await writeOver(file, nextText(), isOwn);
    if (found === undefined) await makeAnew();
    else if (!isOwn(found)) taken(found);
    renewedAt = begun;
  }

  /** A person removed it. Whoever makes it first has the folder, if it is still the one that was held. */
  async function makeAnew(): Promise<void> {
    if (isOver || (await stat(folder)).ino !== inode) {
      throw new DurableError("unusable", folder, "it was removed or replaced while it was in use");
    }
    if (await make()) return;
    const found = await readLease(file);
    if (found !== undefined && !isOwn(found)) taken(found);
  }

  const isStale = (): boolean => {
    const { steady, wall } = now();
    return Math.max(steady - renewedAt.steady, wall - renewedAt.wall) >= times.staleMs;
  };

  let renewing: Promise<void> | undefined;
  const renewOnce = async (): Promise<void> =>
    (renewing ??= (isStale() ? whileTaking(renew) : renew()).finally(() => {
      renewing = undefined;
    }));

  async function look(): Promise<void> {
    const found = await readLease(file);
    if (found === undefined) await makeAnew();
    else if (!isOwn(found)) taken(found);
  }

  async function checkOnce(): Promise<void> {
    if (lost !== undefined) throw lost;
    try {
      await (isStale() ? renewOnce() : look());
    } catch (error) {
      throw asDurableError(error, file);
    }
  }

  let isFromElsewhere: boolean;
  try {
    isFromElsewhere = await acquire();
  } catch (error) {
    throw asDurableError(error, file);
  }
  const { ino: inode } = await stat(folder);
  renewedAt = now();
  const timer = setInterval(() => void renewOnce().catch(() => undefined), times.renewMs);
  timer.unref();
  let running: Promise<void> = Promise.resolve();
  let waiting: Promise<void> | undefined;

  return {
    isFromElsewhere,
    check: async () => {
      waiting ??= running.then(async () => {
        waiting = undefined;
        const mine = checkOnce();
        running = mine.catch(() => undefined);
        return mine;
      });
      await answered(waiting, file, times.answerMs);
    },
    checkNow: () => {
      if (lost !== undefined) throw lost;
      let found: FoundLease | undefined;
      try {
        found = readLeaseNow(file);
      } catch (error) {
        throw asDurableError(error, file);
      }
      // One that is missing is made anew before the next step.
      if (found !== undefined && !isOwn(found)) taken(found);
    },
    [Symbol.dispose]: () => {
      clearInterval(timer);
      isOver = true;
      if (lost !== undefined) return;
      try {
        const found = readLeaseNow(file);
        if (found !== undefined && isOwn(found)) rmSync(file, { force: true });
      } catch {
        // It ages, and is taken then, or at once by a process of this machine.
      }
    },
  };
}

/** Whether the last to have a folder was a process of another machine. */
export async function isLeasedElsewhere(folder: string, name: string): Promise<boolean> {
  const tenant = (await readLease(join(folder, `${name}.lease`)))?.tenant;
  return tenant !== undefined && !areOfOneMachine(tenant, currentTenant());
}

/** A clock that goes on alone, and one that tells of a time in which the machine stood still; either may be wrong. */
function now(): { readonly steady: number; readonly wall: number } {
  return { steady: performance.now(), wall: Date.now() };
}

/** A disk that does not answer is told as such. What it was asked goes on waiting, and nothing more is asked. */
async function answered(work: Promise<void>, file: string, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new DurableError("unusable", file, "its disk does not answer")), ms);
  });
  try {
    await Promise.race([work, silence]);
  } finally {
    clearTimeout(timer);
  }
}
