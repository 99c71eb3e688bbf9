// What development alone does to a store, beside what `Store` promises to everybody. Nothing of it is reachable from
// createMeshServer. To be used while nothing that time alone does runs (rewind.ts); clients go on meanwhile.
//
// - Each is done whole or not at all, also by kill -9, and on disk when its promise resolves.
// - What was answered before it was asked for is in it; what is answered after it is not, or comes after it.
// - Numbers of inboxes go on after a wipe. A restore puts them back to what they were.

import type { MailboxId } from "@restante/mesh";

export interface Rewindable {
  /** Deletes messages, and all that belongs to them, in one transaction. */
  wipe(wipe: Wipe): Promise<Removed>;
  /** When the next message becomes due after this, for expiry, deletion or routing; undefined: none does. */
  nextDue(after: Date): Promise<Date | undefined>;
  /** Writes all of it into a new file. A failure may leave half of one. */
  saveTo(file: string): Promise<Saved>;
  /** The body files that a saved file names, which is brought to the version of this store. */
  bodyFilesOf(file: string): Promise<readonly string[]>;
  /**
   * Puts all that was saved into the place of what is there, in one transaction, but for used tokens, which stay used, and
   * for what was seen of the machine's clock. The body files that it names must be there.
   * @param parts kept with it until `finishRestore`: what else belongs to the same state
   */
  restoreFrom(file: string, parts: string): Promise<Removed>;
  /** The parts of a restore that was not finished. */
  unfinishedRestore(): Promise<string | undefined>;
  finishRestore(): Promise<void>;
}

export interface Wipe {
  /**
   * What came into this mailbox or is on its way to it, and what it sent that is in, or is on its way to, nobody else's. (So
   * does the sandbox's reset of one mailbox.) Absent: everything.
   */
  mailboxId?: MailboxId;
  /** Opens what is closed: this mailbox, or all. */
  closures: boolean;
  /** Forgets used tokens: of this mailbox, or all. Each is good once more. */
  tokens: boolean;
}

export interface Saved {
  readonly messages: number;
  readonly bodyFiles: readonly string[];
}

export interface Removed {
  /** How many messages were deleted by a wipe, or are there after a restore. */
  readonly messages: number;
  /** Body files that are no longer named by any row. */
  readonly bodyFiles: readonly string[];
}
