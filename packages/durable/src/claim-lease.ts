import { randomUUID } from "node:crypto";
import { rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { beginFile } from "./begin-file.ts";
import { DurableError } from "./errors.ts";
import { isMissing } from "./exists.ts";
import { describeHolder } from "./holder.ts";
import { clearMoments, diskTime, type FoundLease, leaseText, makeLease, readLease, writeOver } from "./lease-file.ts";
import { areOfOneMachine, currentTenant, type Tenant } from "./machine.ts";
import { renameFile } from "./rename-file.ts";
import { syncFolder } from "./sync.ts";

export interface LeaseTimes {
  /** From one renewal to the next. */
  readonly renewMs: number;
  /** Not renewed for so long, a holder begins no step. */
  readonly staleMs: number;
  /** Not renewed for so long, the lease of another machine may be taken. */
  readonly freeMs: number;
  /** For so long it must not be renewed besides, while the candidate waits. More than `renewMs`. */
  readonly confirmMs: number;
  /** From putting the own lease in the place of another machine's to reading it again. */
  readonly settleMs: number;
  /** So long may the disk take to say whose the lease is. */
  readonly answerMs: number;
}

export const leaseTimes: LeaseTimes = {
  renewMs: 20_000,
  staleMs: 3 * 60_000,
  freeMs: 5 * 60_000,
  confirmMs: 25_000,
  settleMs: 2000,
  answerMs: 30_000,
};

/** Taking a lease is done in seconds: what says that it goes on for longer was left by a kill. */
const TAKING_MS = 60_000;

export interface TakingOptions {
  /** A person has made sure that no other machine uses the folder: its lease is taken whatever its age. */
  readonly takeOver?: boolean | undefined;
  /** What helps whoever finds it held by another machine. */
  readonly remedy?: string | undefined;
  readonly times?: Partial<LeaseTimes> | undefined;
  /** This process and its machine, if not as the operating system tells. */
  readonly tenant?: Tenant | undefined;
}

/** A lease that is to be taken, or has been: see lease.ts for the states. */
export interface LeaseClaim {
  readonly file: string;
  readonly isOwn: (found: FoundLease) => boolean;
  /** What the next renewal writes. */
  readonly nextText: () => string;
  /** Makes the lease where there is none. False if there is one. */
  readonly make: () => Promise<boolean>;
  /** Takes it, and gives whether it was another machine's. */
  readonly acquire: () => Promise<boolean>;
  /** Does what must not happen while another is taking it. */
  readonly whileTaking: (work: () => Promise<void>) => Promise<void>;
}

export function claimLease(folder: string, name: string, options: TakingOptions): LeaseClaim {
  const { takeOver = false, remedy } = options;
  // One a lease: a process may have had the folder before.
  const tenant = { ...(options.tenant ?? currentTenant()), instance: randomUUID() };
  const times = { ...leaseTimes, ...options.times };
  const file = join(folder, `${name}.lease`);
  const taking = join(folder, `${name}.taking`);
  const clock = `${name}.clock.`;
  const begun = `${name}.begun.`;
  const line = `instance ${tenant.instance}\n`;
  let beat = 0;
  let making = 0;
  /** Of a lease of our own that is still empty, for want of room. */
  let emptyInode: number | undefined;

  const diskNow = async (): Promise<number> => diskTime(join(folder, clock + tenant.instance));
  const makeWhole = async (made: string, text: string): Promise<number | undefined> =>
    makeLease(made, text, join(folder, `${begun}${tenant.instance}.${(making += 1)}`));
  const isOwn = ({ text, ino }: FoundLease): boolean => text.includes(line) || (text === "" && ino === emptyInode);
  const nextText = (): string => leaseText(tenant, (beat += 1));

  async function refuse(found: FoundLease | undefined): Promise<never> {
    const age = found === undefined ? undefined : (await diskNow()) - found.writtenAt;
    throw inUse(folder, found, age, remedy);
  }

  async function acquire(): Promise<boolean> {
    const isFromElsewhere = await acquireFrom();
    // What is not removed now is the next holder's.
    await clearOfKills().catch(() => undefined);
    return isFromElsewhere;
  }

  async function clearOfKills(): Promise<void> {
    const own = await readLease(file);
    const isMoment = (each: string): boolean => each.startsWith(clock) || each.startsWith(begun);
    if (own !== undefined && isOwn(own)) await clearMoments(folder, isMoment, own);
  }

  async function acquireFrom(): Promise<boolean> {
    const found = await readLease(file);
    if (found === undefined) {
      if (!(await make())) await refuse(await readLease(file));
      return false;
    }
    const isFromElsewhere = found.tenant === undefined || !areOfOneMachine(found.tenant, tenant);
    if (isFromElsewhere && !takeOver) {
      if ((await diskNow()) - found.writtenAt < times.freeMs) await refuse(found);
      await delay(times.confirmMs);
    }
    await whileTaking(async () => {
      const again = await readLease(file);
      const isSame = takeOver ? again?.tenant?.instance === found.tenant?.instance : isUnchanged(again, found);
      if (!isSame) await refuse(again);
      if (isFromElsewhere) await replace();
      else await writeOver(file, nextText(), (last) => isUnchanged(last, found));
      const last = await readLease(file);
      if (last === undefined || !isOwn(last)) await refuse(last);
    });
    return isFromElsewhere;
  }

  async function make(): Promise<boolean> {
    const inode = await makeWhole(file, nextText());
    if (inode === undefined) return false;
    emptyInode = inode;
    await syncFolder(folder);
    return true;
  }

  /** By a file of its own: what the last holder writes late goes into the one that was there. */
  async function replace(): Promise<void> {
    await using begun = await beginFile(folder, basename(file));
    await begun.handle.writeFile(nextText());
    await begun.finish();
    await delay(times.settleMs);
  }

  async function whileTaking(work: () => Promise<void>): Promise<void> {
    const text = leaseText(tenant, 0);
    if ((await makeWhole(taking, text)) === undefined) {
      await clearLeft();
      if ((await makeWhole(taking, text)) === undefined) await refuse(await readLease(taking));
    }
    try {
      await work();
    } finally {
      const own = await readLease(taking).catch(() => undefined);
      if (own === undefined || own.text === "" || isOwn(own)) await rm(taking, { force: true }).catch(() => undefined);
    }
  }

  /** What a kill has left. Two who clear it at once: one renames what is left, the other what the first has made, and sees it. */
  async function clearLeft(): Promise<void> {
    const found = await readLease(taking);
    if (found === undefined) return;
    const isOfHere = found.tenant !== undefined && areOfOneMachine(found.tenant, tenant);
    if (!isOfHere && (await diskNow()) - found.writtenAt < TAKING_MS) await refuse(found);
    const aside = `${taking}.${tenant.instance}`;
    await renameFile(taking, aside).catch((error: unknown) => {
      if (!isMissing(error)) throw error;
    });
    const moved = await readLease(aside);
    await rm(aside, { force: true });
    if (moved !== undefined && !isUnchanged(moved, found)) await refuse(moved);
  }

  return { file, isOwn, nextText, make, acquire, whileTaking };
}

function isUnchanged(one: FoundLease | undefined, other: FoundLease): boolean {
  return one !== undefined && one.text === other.text && one.ino === other.ino && one.writtenAt === other.writtenAt;
}

export function inUse(
  folder: string,
  found: FoundLease | undefined,
  ageMs: number | undefined,
  remedy: string | undefined,
): DurableError {
  const words = `it is in use by ${describeHolder(found?.tenant)}${renewedWords(ageMs)}`;
  return new DurableError("held", folder, remedy === undefined ? words : `${words}: ${remedy}`);
}

function renewedWords(ageMs: number | undefined): string {
  if (ageMs === undefined) return "";
  const seconds = Math.round(ageMs / 1000);
  if (seconds >= 0) return `, which renewed its lease ${seconds} s ago by the clock of this disk`;
  return `, whose lease is dated ${-seconds} s ahead of the clock of this disk`;
}
