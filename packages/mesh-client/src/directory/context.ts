import type { Lease, SharedSyncs } from "@restante/durable";
import type { Clock, Emit, MailboxId } from "@restante/mesh";
import type { MeshClient } from "../mesh-client.ts";
import type { Workers } from "../workers.ts";
import type { DirectoryClientDefaults } from "./defaults.ts";
import type { Folders } from "./folder-name.ts";
import type { Journal } from "./journal.ts";
import type { NamesInHand } from "./names-in-hand.ts";
import type { News } from "./news.ts";
import type { Rooms } from "./room.ts";
import type { Troubles } from "./troubles.ts";

/**
 * Which reports appear in IN, besides those of pairs that failed, which cannot be done without: see
 * docs/decisions/214-reports-that-can-be-switched-off.md. The NHS client's settings and defaults: CollectReport=Y alone.
 */
export interface ReportSettings {
  /** COLLECT SUCCESS 00: a pair was collected from OUT. */
  readonly collect: boolean;
  /** TRANSFER SUCCESS 00: it was sent. */
  readonly transfer: boolean;
  /** TRANSFER SUCCESS 05: it is still waiting to be sent. */
  readonly delay: boolean;
  /** TRANSFER ERROR 03, 04: it is still waiting, because the server or this client could not prove who it is. */
  readonly authentication: boolean;
  /** RECEIVE SUCCESS 00: a poll succeeded. */
  readonly poll: boolean;
  /** RECEIVE ERROR 15, 16, 17: one failed. As `poll` if it is not said; the NHS client has one setting for both. */
  readonly pollFailures: boolean;
}

/** Options with their defaults filled in. */
export interface DirectorySettings extends Omit<
  DirectoryClientDefaults,
  "pollIntervalMs" | "pollJitterPercent" | "missingPairAfterMs" | "workers"
> {
  readonly missingDataAfterMs: number;
  readonly missingControlAfterMs: number;
  readonly reports: ReportSettings;
}

/** What the parts of one directory client share. */
export interface DirectoryContext {
  readonly client: MeshClient;
  readonly mailboxId: MailboxId;
  readonly folders: Folders;
  /** Which group may use IN and OUT besides their owner. */
  readonly group: number | undefined;
  readonly journal: Journal;
  /** Of the folders: asked before each step that others see, since another machine may have them by now. */
  readonly lock: Pick<Lease, "check">;
  /** Of the five folders: everything that is moved side by side shares them. */
  readonly syncs: SharedSyncs;
  /**
   * In the name of everything that this start writes in TEMP. Of the same message or pair another machine, which has lost the
   * folders and does not know it yet, may have files there, and removes them when it finds out: they must not be ours.
   */
  readonly start: string;
  readonly rooms: Rooms;
  readonly clock: Clock;
  readonly emit: Emit;
  readonly settings: DirectorySettings;
  readonly names: NamesInHand;
  readonly news: News;
  readonly troubles: Troubles;
  /** Every pair that is sent and every message that is received has a place there, under the id of the mailbox. */
  readonly workers: Workers;
  /** Names that are to be removed from TEMP, and could not be yet. */
  readonly leftInTemp: Set<string>;
  /** The filings of which everything was told, and that are not yet off the journal. */
  readonly told: Set<number>;
}
