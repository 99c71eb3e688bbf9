import { isMessageId, type MailboxId, type MessageId } from "@restante/mesh";
import { asRecord } from "./answers.ts";
import { invalid } from "./check-input.ts";
import type { TrackedMessage } from "./track.ts";

/**
 * How far an upload has come: plain data, to be kept as JSON where it outlives the program. It holds nothing of the message
 * but the digests of its chunks.
 */
export interface UploadState {
  readonly version: 1;
  readonly mailboxId: MailboxId;
  /** ISO 8601. */
  readonly begunAt: string;
  /** Of the data, before compression. */
  readonly bytes: number;
  readonly chunkBytes: number;
  /** All chunks alike: MESH refuses a change. */
  readonly compressed: boolean;
  /** Null until the server has the first chunk. */
  readonly messageId: MessageId | null;
  /** SHA-256 of each chunk before compression, from the first: noted before it is sent. */
  readonly digests: readonly string[];
  /** The chunks that the server has, by number from 1, as far as it has said so. */
  readonly sent: readonly number[];
  /** The server has all of it: the message is accepted. */
  readonly accepted: boolean;
}

/** At least one, also of no data: the server refuses that in its own words. */
export function chunksOf({ bytes, chunkBytes }: Pick<UploadState, "bytes" | "chunkBytes">): number {
  return Math.max(1, Math.ceil(bytes / chunkBytes));
}

/** One request, of which the answer may have been lost: nobody can tell by the state whether it was accepted. */
export function isInDoubt(state: UploadState): boolean {
  return chunksOf(state) === 1 && state.messageId === null && state.digests.length > 0;
}

/** A state that a program has kept. Throws `request-invalid` for what is none, or another mailbox's. */
export function checkState(given: unknown, mailboxId: MailboxId): UploadState {
  const state = asRecord(given);
  const { version, begunAt, bytes, chunkBytes, compressed, messageId, digests, sent, accepted } = state;
  const isSize = (value: unknown, from: number): value is number =>
    Number.isSafeInteger(value) && Number(value) >= from;
  const isState =
    version === 1 &&
    typeof begunAt === "string" &&
    !Number.isNaN(Date.parse(begunAt)) &&
    isSize(bytes, 0) &&
    isSize(chunkBytes, 1) &&
    typeof compressed === "boolean" &&
    (messageId === null || (typeof messageId === "string" && isMessageId(messageId))) &&
    Array.isArray(digests) &&
    digests.every((digest) => typeof digest === "string" && /^[0-9a-f]{64}$/.test(digest)) &&
    Array.isArray(sent) &&
    sent.every((number) => isSize(number, 1)) &&
    typeof accepted === "boolean" &&
    !(accepted && messageId === null);
  if (!isState) throw invalid("state", "it is not the state of an upload, as `onState` gave it");
  if (state["mailboxId"] !== mailboxId) throw invalid("state", "it is that of another mailbox's upload");
  return given as UploadState;
}

export type UploadStanding = "uploading" | "accepted" | "dropped" | "unknown";

/** What tracking says of a message that was begun in chunks; one that is not found was dropped. */
export function standingOf({ status, statusSuccess }: TrackedMessage): UploadStanding {
  switch (status) {
    case "uploading":
      return "uploading";
    case "accepted":
    case "acknowledged":
    case "undeliverable":
    case "undelivered":
      return "accepted";
    case "error":
      // Also how a message ends that was accepted and could not be delivered; then there is a code for it.
      return statusSuccess === false ? "accepted" : "dropped";
    default:
      return "unknown";
  }
}
