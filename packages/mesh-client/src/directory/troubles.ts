import { type Clock, type Emit, lastingTroubles, type MailboxId, type MessageId } from "@restante/mesh";
import type { MeshClientError } from "../mesh-client-error.ts";
import { asClientError, type FolderLabel, FolderTrouble } from "./folder-trouble.ts";
import { shortName } from "./pair-name.ts";
import { whatHelps } from "./way-to-the-server.ts";

/**
 * What goes wrong in a directory client, told at once, then with its count at growing intervals, then that it is over
 * (lastingTroubles). Trouble has a place: a folder, or the way to the server; or it is of one message or pair alone.
 */
export interface Troubles {
  /** A poll begins. */
  begin(): void;
  /** The poll has ended, having tried everything: a place that gave no trouble in it is over its trouble. */
  end(): void;
  /** A folder or the way to the server gave trouble. */
  met(error: unknown): MeshClientError;
  /** Whether a folder cannot be used at all, as this poll has found. */
  isUnusable(folder: FolderLabel): boolean;
  /** What the server, or the way to it, gave trouble with in this poll. */
  ofServer(): readonly MeshClientError[];
  /** Whether the server or a folder gave trouble in this poll. */
  hasPlace(): boolean;
  /** The first thing that kept this poll from doing all that was due. */
  first(): MeshClientError | undefined;

  /** One message could not be received or acknowledged. */
  metMessage(messageId: MessageId, error: MeshClientError): void;
  /** One message has been under way for long, and still is: no trouble of this poll. */
  slowMessage(messageId: MessageId): void;
  /** It was. */
  overMessage(messageId: MessageId): void;
  /** It is not in the mailbox any more, without having been received here. */
  goneMessage(messageId: MessageId): void;

  /** One pair could not be sent. */
  metPair(error: MeshClientError): void;
  /** Why a pair of this key stays in OUT. */
  waits(key: string, why: WhyItWaits): void;
  /** Nobody can tell whether a pair was sent. */
  ambiguous(key: string, reason: string): void;
  /** So many files in OUT are no part of a pair: they stay there until a person takes them away. */
  passesOver(files: number): void;
  /** So many, as the last poll found. */
  passedOver(): number;
  /** Forgets the pairs but these, by their keys. */
  retainPairs(keys: readonly string[]): void;
}

/** In words, and of an error its code: one code is one reason, however its words change from try to try. */
export interface WhyItWaits {
  readonly code?: string;
  readonly reason: string;
}

export function createTroubles({
  mailboxId,
  emit,
  clock,
}: {
  mailboxId: MailboxId;
  emit: Emit;
  clock: Clock;
}): Troubles {
  const places = lastingTroubles(clock);
  const messages = lastingTroubles(clock);
  const pairs = lastingTroubles(clock);
  const doubts = lastingTroubles(clock);
  const strays = lastingTroubles(clock);
  /** Where there is trouble, over all polls: the folder, or undefined for the server. */
  const troubled = new Set<FolderLabel | undefined>();
  let inThisPoll = new Map<FolderLabel | undefined, Set<string>>();
  let unusable = new Set<FolderLabel>();
  let server: MeshClientError[] = [];
  let first: MeshClientError | undefined;
  let passed = 0;

  return {
    begin() {
      first = undefined;
      server = [];
      inThisPoll = new Map();
      unusable = new Set();
    },
    end() {
      for (const place of troubled) {
        if (inThisPoll.has(place)) continue;
        troubled.delete(place);
        const trouble = places.over(place ?? "server");
        if (trouble === undefined) continue;
        emit({ event: "poll-recovered", mailboxId, ...(place === undefined ? {} : { folder: place }), ...trouble });
      }
    },
    met(error) {
      const trouble = asClientError(error);
      first ??= trouble;
      // Given up, which is no trouble.
      if (trouble.code === "aborted") return trouble;
      const place = trouble instanceof FolderTrouble ? trouble.folder : undefined;
      if (place === undefined) server.push(trouble);
      if (trouble instanceof FolderTrouble && trouble.reach === "folder") unusable.add(trouble.folder);
      const reasons = inThisPoll.get(place) ?? new Set();
      inThisPoll.set(place, reasons);
      troubled.add(place);
      if (reasons.has(trouble.message)) return trouble;
      reasons.add(trouble.message);
      const told = places.met(place ?? "server", trouble.message);
      if (told !== undefined) {
        const { code, message: reason } = trouble;
        emit({
          event: "poll-failed",
          mailboxId,
          code,
          reason,
          ...whatHelps(trouble),
          ...(place === undefined ? {} : { folder: place }),
          ...told,
        });
      }
      return trouble;
    },
    isUnusable: (folder) => unusable.has(folder),
    ofServer: () => server,
    hasPlace: () => inThisPoll.size > 0,
    first: () => first,

    metMessage(messageId, error) {
      first ??= error;
      const told = messages.met(messageId, error.message);
      if (told === undefined) return;
      emit({ event: "message-waiting", mailboxId, messageId, code: error.code, reason: error.message, ...told });
    },
    slowMessage(messageId) {
      const reason = "it is still being fetched: it is large, or the server is slow";
      const told = messages.met(messageId, "slow");
      if (told !== undefined) emit({ event: "message-waiting", mailboxId, messageId, code: "slow", reason, ...told });
    },
    overMessage: (messageId) => void messages.over(messageId),
    goneMessage(messageId) {
      const told = messages.over(messageId);
      if (told !== undefined) emit({ event: "message-gone", mailboxId, messageId, ...told });
    },

    metPair(error) {
      first ??= error;
    },
    waits(key, why) {
      const told = pairs.met(key, why.code ?? why.reason);
      if (told !== undefined) emit({ event: "pair-waiting", mailboxId, pair: shortName(key), ...why, ...told });
    },
    ambiguous(key, reason) {
      const told = doubts.met(key, "ambiguous");
      if (told !== undefined) emit({ event: "pair-ambiguous", mailboxId, pair: shortName(key), reason, ...told });
    },
    passesOver(files) {
      passed = files;
      const told = files === 0 ? strays.over("OUT") : strays.met("OUT", "stray");
      if (told !== undefined) emit({ event: "files-passed-over", mailboxId, folder: "OUT", files, ...told });
    },
    passedOver: () => passed,
    retainPairs(keys) {
      pairs.retain(keys);
      doubts.retain(keys);
    },
  };
}
