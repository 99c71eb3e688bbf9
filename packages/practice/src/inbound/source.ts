import type { MailboxId, StatusRecord } from "@restante/mesh";
import type { Content } from "./content.ts";

/** Where received messages wait: the IN folder, or the mailbox itself. */
export interface Source {
  /** The mailbox of ours. */
  readonly mailboxId: MailboxId;
  /** Whether what `waiting` gives are MESH's message ids, so that a repeat is known without being opened. */
  readonly idsAreMessageIds: boolean;
  /** All that waits, oldest first; asked for piece by piece, some `limit` at a time, as it is gone through. */
  waiting(limit: number, signal?: AbortSignal): AsyncIterable<string>;
  /** Reads what MESH says of it; its content only when asked for. Throws what is for takeIn to judge. */
  open(id: string, signal?: AbortSignal): Promise<Arrival>;
  /**
   * Copies it whole into `folder`, synced, for a person: what could not be read, or is too long to be. Resolves with the
   * name that it has there: its own, unless something else was kept under that before.
   */
  keep(id: string, folder: string, signal?: AbortSignal): Promise<string>;
  /** It is stored here: lets go of it. Called only after the commit, and again if that was not seen to work. */
  release(id: string, signal?: AbortSignal): Promise<void>;
  /** Throws if nothing can be had from here at present, whatever message is asked for. */
  reach(signal?: AbortSignal): Promise<void>;
}

/** A received message as MESH tells of it: from the control file or from the headers. */
export interface Arrival {
  /** MESH's own id of this message, or of this report. The name of the pair where the control file has none. */
  messageId: string;
  /** The mailbox of ours that it came to. */
  mailboxId: MailboxId;
  type: "data" | "report";
  from?: string | undefined;
  localId?: string | undefined;
  workflowId: string;
  /** May name a patient. */
  subject: string;
  /** Without its time: a control file has it in UK time or in UTC, and does not say which. */
  status?: Omit<StatusRecord, "at"> | undefined;
  /** In a report: the message that it is about, if that was ever accepted. */
  linkedMessageId?: string | undefined;
  /** In a report: where that message was to go. May name a patient. */
  to?: string | undefined;
  /** Decompressed. Throws PracticeError "message-too-large" beyond `tuning.maxMessageBytes`. */
  content(): Promise<Content>;
}
