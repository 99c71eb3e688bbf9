// Sending a pair in chunks: data over the limit of one request, or `commit: "two-chunk"`.
//
//   waiting --> sending --first chunk has its 202--> uploading --last chunk has its 202--> accepted
//                  |                                     |
//     killed, answer lost: waiting       killed, answer lost: uploading, and goes on from there
//
// There is no doubt here. A first chunk whose id was lost is an upload that nobody can complete: the server drops it. A
// further chunk may be sent twice. Whether the last one completed the message is told by tracking the id.

import type { MessageId } from "@restante/mesh";
import { MeshClientError } from "../mesh-client-error.ts";
import type { DirectoryContext } from "./context.ts";
import type { SendRow } from "./journal.ts";
import { pack } from "./pack.ts";
import { failPair, fileSent, type PairResult } from "./pair-ends.ts";
import type { Pair } from "./pair-files.ts";
import { headersOf, isRefusal, refusal } from "./pair-message.ts";

/** From `waiting`. */
export async function upload(context: DirectoryContext, pair: Pair, chunkBytes: number): Promise<PairResult> {
  const begun = await sendFirst(context, pair, chunkBytes);
  return "outcome" in begun ? begun : sendOthers(context, pair, begun);
}

async function sendFirst(context: DirectoryContext, pair: Pair, chunkBytes: number): Promise<Upload | PairResult> {
  const { client, journal } = context;
  const { control, key } = pair;
  const compress = control.compress === false ? false : "if-smaller";
  await using first = await pack(context, pair, chunkAt(pair, chunkBytes, 1), compress);
  const { compressed } = first;
  journal.begin(key, pair.fingerprint, { localId: control.localId, compressed, chunkBytes });
  try {
    const totalChunks = chunksOf(pair, chunkBytes);
    const { messageId } = await client.send({ ...headersOf(pair, compressed), ...first.content, totalChunks });
    journal.uploaded(key, messageId, 1);
    return { messageId, chunkBytes, compressed, sentChunks: 1 };
  } catch (error) {
    if (!(error instanceof MeshClientError)) throw error;
    if (isRefusal(error)) return failPair(context, pair.sighting, refusal(error, pair));
    journal.wait(key, pair.fingerprint);
    return { outcome: "waiting", error };
  }
}

/** From `uploading`. */
export async function resumeUpload(context: DirectoryContext, pair: Pair, row: SendRow): Promise<PairResult> {
  const { messageId, chunkBytes, sentChunks } = row;
  if (messageId === null || chunkBytes === null) throw new Error("An upload has a message id and a size of chunks.");
  try {
    const tracked = await context.client.track(messageId);
    if (tracked.status === "uploading") {
      return await sendOthers(context, pair, { messageId, chunkBytes, compressed: row.compressed === 1, sentChunks });
    }
    // `error` is also how a message ends that was accepted and could not be delivered; then there is a code for it.
    if (tracked.status !== "error" || tracked.statusSuccess === false) {
      context.journal.accepted(pair.key, messageId);
      return await fileSent(context, pair, messageId);
    }
  } catch (error) {
    if (!(error instanceof MeshClientError) || error.code !== "not-found") throw error;
  }
  // The server dropped it, incomplete.
  context.journal.wait(pair.key, pair.fingerprint);
  return upload(context, pair, chunkBytes);
}

interface Upload {
  readonly messageId: MessageId;
  readonly chunkBytes: number;
  /** All chunks alike: MESH refuses a change. */
  readonly compressed: boolean;
  readonly sentChunks: number;
}

async function sendOthers(
  context: DirectoryContext,
  pair: Pair,
  { messageId, chunkBytes, compressed, sentChunks }: Upload,
): Promise<PairResult> {
  const total = chunksOf(pair, chunkBytes);
  for (let number = sentChunks + 1; number <= total; number += 1) {
    await using chunk = await pack(context, pair, chunkAt(pair, chunkBytes, number), compressed);
    try {
      await context.client.sendChunk(messageId, { ...chunk.content, number, total });
    } catch (error) {
      if (!(error instanceof MeshClientError)) throw error;
      if (isRefusal(error)) return failPair(context, pair.sighting, refusal(error, pair));
      // 423: all chunks are there. That, and whatever else happened, tracking tells at the next poll.
      return { outcome: "waiting", error };
    }
    if (number < total) context.journal.uploaded(pair.key, messageId, number);
  }
  context.journal.accepted(pair.key, messageId);
  return fileSent(context, pair, messageId);
}

function chunksOf({ bytes }: Pair, chunkBytes: number): number {
  return Math.ceil(bytes / chunkBytes);
}

/** Chunks are cut from the data before compression, and each is compressed alone. */
function chunkAt({ bytes }: Pair, chunkBytes: number, number: number): { start: number; length: number } {
  const start = (number - 1) * chunkBytes;
  return { start, length: Math.min(chunkBytes, bytes - start) };
}
