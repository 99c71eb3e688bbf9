import type { MessageId } from "@restante/mesh";
import type { TrackedMessage } from "../track.ts";

export type Judgement =
  | { readonly verdict: "sent"; readonly messageId: MessageId }
  | { readonly verdict: "not-sent" }
  | { readonly verdict: "unknown"; readonly reason: string };

/** What of a pair a message of MESH can be held against. */
interface SentPair {
  readonly workflowId: string;
  /** Undefined if file names are not sent. */
  readonly fileName: string | undefined;
  readonly startedAt: number;
}

/** Clocks of client and server may differ by as much as a token allows. */
const toleranceMs = 2 * 60 * 60 * 1000;

/**
 * Whether a pair whose send was not answered was accepted, from what tracking by its LocalId found. The table is in
 * docs/decisions/031-pair-in-doubt.md, with 206-file-names.md. It rests on this: had the server accepted the pair, then a message with its
 * LocalId would be there; so if there is one only, and it is another, the pair was not accepted.
 */
export function judge({
  tracked,
  pair,
  isKnown,
  othersInDoubt,
}: {
  /** Undefined if there are several. */
  readonly tracked: TrackedMessage | "none" | "several";
  readonly pair: SentPair;
  /** Whether this is the id of another send of ours. */
  readonly isKnown: (messageId: MessageId) => boolean;
  /** How many other sends with the same LocalId are in doubt, or were when their pair was written again. */
  readonly othersInDoubt: number;
}): Judgement {
  if (tracked === "none") return { verdict: "not-sent" };
  if (tracked === "several") return { verdict: "unknown", reason: "LocalId is not unique" };
  if (isKnown(tracked.messageId) || differs(tracked, pair)) return { verdict: "not-sent" };
  if (othersInDoubt > 0) return { verdict: "unknown", reason: "another send in doubt had the same LocalId" };
  if (isNameless(tracked) && pair.fileName !== undefined && pair.fileName !== tracked.fileName) {
    return { verdict: "unknown", reason: "MESH has a message with its LocalId, sent without a file name" };
  }
  return { verdict: "sent", messageId: tracked.messageId };
}

/** What tracking does not tell cannot differ. */
function differs(tracked: TrackedMessage, pair: SentPair): boolean {
  return (
    // An upload in chunks that was begun and not completed: this pair was sent whole.
    tracked.status === "uploading" ||
    (tracked.workflowId !== undefined && tracked.workflowId !== pair.workflowId) ||
    (tracked.fileName !== undefined &&
      pair.fileName !== undefined &&
      tracked.fileName !== pair.fileName &&
      !isNameless(tracked)) ||
    (tracked.uploadedAt !== undefined && tracked.uploadedAt.getTime() < pair.startedAt - toleranceMs)
  );
}

/**
 * Whether its file name is the one that MESH gives to what was sent without one. That may be this pair, sent while file names
 * were left out: taken for another message, it would be sent twice.
 */
function isNameless({ messageId, fileName }: TrackedMessage): boolean {
  return fileName === `${messageId}.dat`;
}
