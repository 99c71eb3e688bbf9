// Sending a pair in chunks: data over the limit of one request, or `commit: "two-chunk"`.
//
//   waiting --> sending --first chunk has its 202--> uploading --last chunk has its 202--> accepted
//     ^            |                                     |
//     |  killed, answer lost: waiting       killed, answer lost: uploading, and goes on from there
//     |                                                  |
//     '---the server dropped it, or has other content----|---tracking cannot tell--> held (031)
//
// There is no doubt here, as long as tracking tells. A first chunk whose id was lost is an upload that nobody can
// complete: the server drops it. A further chunk may be sent twice. Whether the last one completed the message is told by
// tracking the id.
//
// The content of each chunk is noted before it is sent. A pair that was written again within its size and its times would
// otherwise go on with other content, and a letter arrive that nobody wrote: then the upload is given up, and the pair
// sent as a new message.

import type { MessageId } from "@restante/mesh";
import { MeshClientError } from "../mesh-client-error.ts";
import { wasAccepted } from "../send.ts";
import { standingOf, type UploadStanding } from "../upload-state.ts";
import { digestOfRange } from "./compress.ts";
import type { DirectoryContext } from "./context.ts";
import type { SendRow } from "./journal.ts";
import { pack } from "./pack.ts";
import { transferFailure } from "./pair-control.ts";
import { failPair, fileSent, type PairResult } from "./pair-ends.ts";
import type { Pair } from "./pair-files.ts";
import { headersOf, isRefusal, refusal } from "./pair-message.ts";
import { pairName } from "./pair-name.ts";
import { tellAmbiguous } from "./tell-pair.ts";

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
  const { localId } = control;
  await context.lock.check();
  await journal.together(() => journal.begin(key, pair.fingerprint, { localId, compressed, chunkBytes }));
  await noteContent(context, pair, 1, await digestOfRange(pair.data, chunkAt(pair, chunkBytes, 1)));
  try {
    const totalChunks = chunksOf(pair, chunkBytes);
    const { messageId } = await client.send({ ...headersOf(context, pair, compressed), ...first.content, totalChunks });
    await journal.together(() => journal.uploaded(key, messageId, 1));
    return { messageId, chunkBytes, compressed, sentChunks: 1 };
  } catch (error) {
    if (!(error instanceof MeshClientError)) throw error;
    if (isRefusal(error)) return await failPair(context, pair.sighting, refusal(error, pair));
    // Its server will do the same again: nobody could send the second chunk.
    await journal.together(() =>
      wasAccepted(error) ? journal.doubt(key, "unnamed") : journal.wait(key, pair.fingerprint),
    );
    return { outcome: "waiting", error };
  }
}

/** From `uploading`, or from `held` where it is to be sent again. */
export async function resumeUpload(context: DirectoryContext, pair: Pair, row: SendRow): Promise<PairResult> {
  const { messageId, chunkBytes, sentChunks } = row;
  if (messageId === null || chunkBytes === null) throw new Error("An upload has a message id and a size of chunks.");
  const state = await stateOf(context, messageId);
  if (state === "dropped") return startAnew(context, pair, row, "MESH dropped it before it was complete");
  const same = await hasContentOf(context, pair, chunkBytes);
  if (state === "uploading") {
    if (!same) return startAnew(context, pair, row, "the data in OUT is not what its chunks were");
    return sendOthers(context, pair, { messageId, chunkBytes, compressed: row.compressed === 1, sentChunks });
  }
  if (state === "unknown")
    return cannotTell(context, pair, row, "tracking does not tell whether its upload is complete");
  if (!same) return cannotTell(context, pair, row, "MESH has a message of this pair, with other data than is in OUT");
  const { journal } = context;
  await journal.together(() => journal.accepted(pair.key, messageId));
  return fileSent(context, pair, messageId);
}

async function stateOf({ client }: DirectoryContext, messageId: MessageId): Promise<UploadStanding> {
  try {
    return standingOf(await client.track(messageId));
  } catch (error) {
    if (error instanceof MeshClientError && error.code === "not-found") return "dropped";
    throw error;
  }
}

/** The upload comes to nothing, and the pair is sent as a new message, at once; but not for ever. */
async function startAnew(context: DirectoryContext, pair: Pair, row: SendRow, reason: string): Promise<PairResult> {
  if (row.attempts >= context.settings.attempts) {
    const problem = transferFailure("No attempt to send it in chunks came to its end.", pair.control);
    return failPair(context, pair.sighting, problem);
  }
  await giveUp(context, pair, row, reason);
  return upload(context, pair, row.chunkBytes ?? context.settings.chunkBytes);
}

async function giveUp(
  { journal, emit, mailboxId }: DirectoryContext,
  pair: Pair,
  row: SendRow,
  reason: string,
): Promise<void> {
  await journal.together(() => journal.restart(pair.key));
  const { messageId } = row;
  if (messageId !== null) {
    emit({ event: "upload-restarted", mailboxId, pair: pairName(pair.base), messageId, reason });
  }
}

async function cannotTell(context: DirectoryContext, pair: Pair, row: SendRow, reason: string): Promise<PairResult> {
  tellAmbiguous(context, pair, reason);
  if (context.settings.onAmbiguous === "hold") {
    const { journal } = context;
    await journal.together(() => journal.hold(pair.key, reason));
    return { outcome: "held" };
  }
  if (row.attempts >= context.settings.attempts) {
    const problem = transferFailure("Tracking did not tell what became of any attempt.", pair.control);
    return failPair(context, pair.sighting, problem);
  }
  return startAnew(context, pair, row, reason);
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
  const { journal } = context;
  const total = chunksOf(pair, chunkBytes);
  const digestAt = async (number: number): Promise<string> =>
    digestOfRange(pair.data, chunkAt(pair, chunkBytes, number));
  let digest = digestAt(sentChunks + 1);
  digest.catch(() => undefined);
  for (let number = sentChunks + 1; number <= total; number += 1) {
    await using chunk = await pack(context, pair, chunkAt(pair, chunkBytes, number), compressed);
    await context.lock.check();
    await noteContent(context, pair, number, await digest);
    if (number < total) {
      // While this one is on its way. What is written over meanwhile differs from what was noted, and is sent anew.
      digest = digestAt(number + 1);
      // If this one fails, nobody waits for the next.
      digest.catch(() => undefined);
    }
    try {
      await context.client.sendChunk(messageId, { ...chunk.content, number, total });
    } catch (error) {
      if (!(error instanceof MeshClientError)) throw error;
      if (error.status === contentChanged) return await otherContent(context, pair, error);
      if (isRefusal(error)) return await failPair(context, pair.sighting, refusal(error, pair));
      // 423: all chunks are there. That, and whatever else happened, tracking tells at the next poll.
      return { outcome: "waiting", error };
    }
    if (number < total) await journal.together(() => journal.uploaded(pair.key, messageId, number));
  }
  await journal.together(() => journal.accepted(pair.key, messageId));
  return fileSent(context, pair, messageId);
}

/** Conflict: the server has this chunk with other content, and keeps that. */
const contentChanged = 409;

/** What an upload begun by an older version of this client may meet: it did not note its content. */
async function otherContent(context: DirectoryContext, pair: Pair, error: MeshClientError): Promise<PairResult> {
  const row = context.journal.openSend(pair.key, pair.fingerprint);
  if (row === undefined || row.attempts >= context.settings.attempts) {
    return failPair(context, pair.sighting, refusal(error, pair));
  }
  await giveUp(context, pair, row, "MESH has a chunk of it with other data");
  return { outcome: "waiting", error };
}

async function noteContent({ journal }: DirectoryContext, pair: Pair, number: number, digest: string): Promise<void> {
  await journal.together(() => journal.sendingChunk(pair.key, number, digest));
}

/** Whether the data in OUT is, chunk by chunk, what was sent, as far as that was noted. */
async function hasContentOf({ journal }: DirectoryContext, pair: Pair, chunkBytes: number): Promise<boolean> {
  for (const [number, digest] of journal.sentContent(pair.key)) {
    if ((await digestOfRange(pair.data, chunkAt(pair, chunkBytes, number))) !== digest) return false;
  }
  return true;
}

function chunksOf({ bytes }: Pair, chunkBytes: number): number {
  return Math.ceil(bytes / chunkBytes);
}

/** Chunks are cut from the data before compression, and each is compressed alone. */
function chunkAt({ bytes }: Pair, chunkBytes: number, number: number): { start: number; length: number } {
  const start = (number - 1) * chunkBytes;
  return { start, length: Math.min(chunkBytes, bytes - start) };
}
