// Sending a message of any size in chunks.
//
//   (no state) --> begun --first chunk has its 202--> uploading --last chunk has its 202--> accepted
//                    |                                    |
//                    '-answer lost, killed: anew          '-answer lost, killed: on from there, as tracking says
//
// What a program keeps of it, by `onState`, is whole before the request that it is about begins:
//
// - begun: the server may have the first chunk. Nobody knows its id, so nobody can complete it: the server drops it.
// - uploading: the first is there. The digest of each further one is noted before it is sent, so that what goes on later is
//   the same data, or does not go on. Chunks between the first and the last are sent side by side, in any order, each by one
//   sender alone; a chunk may come to the server a second time after an answer that was lost, which changes nothing.
// - accepted: the last chunk alone completes the message, and is sent when all others are there. Whether it did, if its answer
//   was lost, is told by tracking the id.
//
// Ambiguous is only what goes in one request, as with `send`: `commit: "two-chunk"` has no such case.

import type { Clock, MessageId } from "@restante/mesh";
import { checkNumber, checkOptions, checkSignal, invalid } from "./check-input.ts";
import type { Connection } from "./connection.ts";
import { meshClientDefaults } from "./defaults.ts";
import { MeshClientError } from "./mesh-client-error.ts";
import { checkMessage, type OutgoingMessage } from "./send.ts";
import { track } from "./track.ts";
import { openData, type UploadBody } from "./upload-data.ts";
import { carryOn, type UploadRunOptions } from "./upload-run.ts";
import { checkState, isInDoubt, standingOf, type UploadState } from "./upload-state.ts";

export interface UploadMessage extends Omit<OutgoingMessage, "body" | "contentEncoding" | "totalChunks"> {
  /** A file by its path, or what can be sent. It is read once, from its beginning, also where an upload goes on. */
  readonly body: UploadBody;
}

export interface UploadOptions {
  /** How far it came before, as `onState` gave it. If absent the message is a new one. */
  readonly state?: UploadState | undefined;
  /**
   * Given the state before each request that it is about. The request waits for it: what must outlive the program is to be on
   * disk when it resolves. What it throws ends the upload.
   */
  readonly onState?: ((state: UploadState) => void | Promise<void>) | undefined;
  /** How much of the data, before compression, is in each chunk: 1 to 95,000,000. 20 MB if absent. */
  readonly chunkBytes?: number | undefined;
  /**
   * How many of the chunks between the first and the last are sent at once: 1 to 64. 4 if absent. Each is held in memory, and so
   * is one more. With 1 they come in order, as the description of the MESH API asks.
   */
  readonly parallel?: number | undefined;
  /** With gzip, each chunk alone. `if-smaller`, if absent: as the first chunk comes out. */
  readonly compress?: boolean | "if-smaller" | undefined;
  /**
   * `two-chunk`: in two chunks at least, so that no doubt can arise whether it was sent. Only for recipients who can read
   * chunks. `single` if absent: what fits goes in one request.
   */
  readonly commit?: "single" | "two-chunk" | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface Uploaded {
  readonly messageId: MessageId;
  readonly chunks: number;
}

/** MESH keeps what it has accepted for 30 days; a day for clocks. Of what is older, "no such message" tells nothing. */
const toldForMs = 29 * 24 * 60 * 60 * 1000;

/** What the uploads of one client share: none of them is under way twice at once. */
export function createUploads(
  connection: Connection,
  clock: Clock,
): (message: UploadMessage, options: UploadOptions) => Promise<Uploaded> {
  const underWay = new Set<MessageId>();

  return async (message, given) => {
    checkMessage(message);
    checkOptions("options", given);
    const { body, bodyLength, ...headers } = message;
    const options = readOptions(given);
    const { signal } = options;
    const kept = given.state === undefined ? undefined : checkState(given.state, connection.mailboxId);
    const claimed: MessageId[] = [];
    const claim = (messageId: MessageId): void => {
      underWay.add(messageId);
      claimed.push(messageId);
    };
    const begunId = kept?.messageId ?? undefined;
    if (begunId !== undefined && underWay.has(begunId)) throw invalid("state", "this upload is under way already");
    if (begunId !== undefined) claim(begunId);
    const stopping = new AbortController();
    const reading = signal === undefined ? stopping.signal : AbortSignal.any([signal, stopping.signal]);
    try {
      await using data = await openData(body, { bodyLength, signal: reading });
      const begun = kept === undefined ? undefined : await standing(connection, kept, { clock, signal });
      const state = begun ?? newState(connection, { clock, bytes: data.bytes, options });
      return await carryOn({
        connection,
        headers,
        data,
        options,
        claim,
        stop: (reason) => stopping.abort(reason),
        state,
      });
    } finally {
      for (const messageId of claimed) underWay.delete(messageId);
    }
  };
}

function newState(
  { mailboxId }: Connection,
  { clock, bytes, options }: { readonly clock: Clock; readonly bytes: number; readonly options: UploadRunOptions },
): UploadState {
  const { chunkBytes, commit } = options;
  return {
    version: 1,
    mailboxId,
    begunAt: clock.now().toISOString(),
    bytes,
    chunkBytes: commit === "two-chunk" && bytes > 1 ? Math.min(chunkBytes, Math.ceil(bytes / 2)) : chunkBytes,
    compressed: false,
    messageId: null,
    digests: [],
    sent: [],
    accepted: false,
  };
}

/** Where an upload stands that was begun before; undefined if it comes to nothing, so that the message is sent anew. */
async function standing(
  connection: Connection,
  state: UploadState,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal | undefined },
): Promise<UploadState | undefined> {
  if (isInDoubt(state))
    throw inDoubt("The message was sent in one request, and it is not known whether it was accepted.");
  if (state.messageId === null) return undefined;
  if (state.accepted) return state;
  const tracked = await track(connection, state.messageId, signal).catch((error: unknown) => {
    if (error instanceof MeshClientError && error.code === "not-found") return undefined;
    throw error;
  });
  switch (tracked === undefined ? "dropped" : standingOf(tracked)) {
    case "uploading":
      return state;
    case "accepted":
      return { ...state, accepted: true };
    case "dropped":
      if (tracked !== undefined || clock.now().getTime() - Date.parse(state.begunAt) < toldForMs) return undefined;
      throw inDoubt("The upload was begun so long ago that MESH can have deleted what it had accepted.");
    case "unknown": {
      const what = "The server's tracking does not tell whether the upload is complete.";
      throw new MeshClientError("unexpected-answer", what, { retry: "safe" });
    }
  }
}

function readOptions(given: UploadOptions): UploadRunOptions {
  const { onState = () => undefined, signal } = given;
  const { chunkBytes = meshClientDefaults.upload.chunkBytes, parallel = meshClientDefaults.upload.parallel } = given;
  const { compress = "if-smaller", commit = "single" } = given;
  if (typeof onState !== "function") throw invalid("onState", "a function is needed");
  checkNumber("chunkBytes", chunkBytes, { from: 1, to: 95_000_000 });
  checkNumber("parallel", parallel, { from: 1, to: 64 });
  if (typeof compress !== "boolean" && compress !== "if-smaller") {
    throw invalid("compress", "true, false or if-smaller is needed");
  }
  if (commit !== "single" && commit !== "two-chunk") throw invalid("commit", "single or two-chunk is needed");
  checkSignal(signal);
  return { onState, chunkBytes, parallel, compress, commit, signal };
}

function inDoubt(what: string): MeshClientError {
  return new MeshClientError("answer-lost", what, { retry: "ambiguous" });
}
