// Where a server keeps what it is entrusted with: its rows, the large bodies, and whose turn it is to do what time brings.
//
//   embedded   SQLite and files, of one machine and one server: all of it is this server's own work.
//   shared     PostgreSQL and an S3-compatible store, of any number of nodes, which keep nothing themselves.

import type { Clock, Emit, NodeWork } from "@restante/mesh";

import type { Bodies } from "../bodies/bodies.ts";
import type { Rewindable } from "../store/rewindable.ts";
import type { MailboxLimits, Store } from "../store/store.ts";
import type { MachineTime } from "../time/machine-time.ts";
import type { Troubles } from "../troubles.ts";

export type FailingPart = "store" | "disk" | "bodies";

export interface Keeping extends AsyncDisposable {
  readonly store: Store;
  readonly bodies: Bodies;
  /** What keeps it from taking messages, asked anew each time and cheaply: who asks may be anybody. */
  failing(): Promise<readonly FailingPart[]>;
  /** At every tick: tells what is wrong, or is so no longer. */
  look(): void;
  /**
   * Now and then: removes what belongs to nobody, where the time by which that is judged is trusted. May take an hour, of many bodies.
   * @param signal what is left is the next one's
   */
  tidy(now: Date, signal: AbortSignal): Promise<void>;
  /**
   * Whether such work is this server's now. Doing it twice would be a waste, and no more.
   * @param able false: it cannot do it now, and another is to
   */
  isOurs(work: NodeWork, able?: boolean): Promise<boolean>;
  /**
   * Whether bodies that rows named may be deleted, and are not another store's by now. Never fails: what is not known by then is not so.
   * @param signal what ends the waiting
   */
  mayDelete(signal: AbortSignal): Promise<boolean>;
  /** Why this machine's clock is not to be believed, by a clock that all nodes share; undefined where there is none. */
  clockDoubt(): string | undefined;
  /** By so many milliseconds it is then before that clock, or behind it; 0 while it is to be believed. */
  clockApart(): number;
  /** What development alone does to it. Absent: nothing can. */
  readonly rewindable?: Rewindable;
}

/** What a keeping is opened with. */
export interface KeepingParts {
  /** Nobody moves it. */
  realTime: Clock;
  machineTime: MachineTime;
  emit: Emit;
  troubles: Troubles;
  limits: MailboxLimits;
}

/** No mailbox's token: asking for it reads the store, and fails once nothing is written any more. */
const nobodys = {
  mailboxId: "",
  nonce: "",
  nonceCount: 0,
  time: new Date(0),
  expiresAt: new Date(0),
} as unknown as Parameters<Store["wasUsed"]>[0];

export async function isFailing(store: Pick<Store, "wasUsed"> & { trouble(): string | undefined }): Promise<boolean> {
  if (store.trouble() !== undefined) return true;
  return await store.wasUsed(nobodys).then(
    () => false,
    () => true,
  );
}

/** At every tick. */
export function tellOfCommits(store: { trouble(): string | undefined }, troubles: Troubles): void {
  const waiting = store.trouble();
  if (waiting === undefined) troubles.over("commit");
  else troubles.met("commit", waiting);
}
