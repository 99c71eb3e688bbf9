import type { MessageId } from "@restante/mesh";
import { MeshClientError } from "../mesh-client-error.ts";
import { wasAccepted } from "../send.ts";
import type { DirectoryContext } from "./context.ts";
import { pack } from "./pack.ts";
import { transferFailure } from "./pair-control.ts";
import { failPair, fileSent, type PairResult } from "./pair-ends.ts";
import type { Pair } from "./pair-files.ts";
import { headersOf, isRefusal, refusal } from "./pair-message.ts";
import { mayBeASecond } from "./refused-send.ts";
import { upload } from "./pair-upload.ts";

/** Sends a pair: from `waiting` to `accepted` and on, to `failed`, to `doubtful`, or back. See pair.ts. */
export async function attempt(context: DirectoryContext, pair: Pair): Promise<PairResult> {
  const { settings } = context;
  const { control, bytes } = pair;
  const mayChunk = control.allowChunking === true;
  if (mayChunk && settings.commit === "two-chunk" && bytes > 1) {
    return upload(context, pair, Math.min(settings.chunkBytes, Math.ceil(bytes / 2)));
  }
  const tooLarge = await sendWhole(context, pair);
  if ("outcome" in tooLarge) return tooLarge;
  if (mayChunk) return upload(context, pair, settings.chunkBytes);
  return failPair(context, pair.sighting, transferFailure(describe(tooLarge.bytes, settings.maxRequestBytes), control));
}

/** Gives the size, after compression as in the NHS client, if that is too much for one request. */
async function sendWhole(context: DirectoryContext, pair: Pair): Promise<PairResult | { readonly bytes: number }> {
  const { client, journal, settings } = context;
  const { control, key } = pair;
  const compress = control.compress === false ? false : "if-smaller";
  await using whole = await pack(context, pair, { start: 0, length: pair.bytes }, compress);
  const { bytes, compressed, content } = whole;
  if (bytes > settings.maxRequestBytes) return { bytes };

  await context.lock.check();
  await journal.together(() => journal.begin(key, pair.fingerprint, { localId: control.localId, compressed }));
  let messageId: MessageId;
  try {
    // Without a signal: a send that is cut short would be in doubt. The client's time-out bounds it.
    ({ messageId } = await client.send({ ...headersOf(context, pair, compressed), ...content }));
  } catch (error) {
    if (!(error instanceof MeshClientError)) throw error;
    if (isRefusal(error)) return await failPair(context, pair.sighting, refusal(error, pair));
    const isInDoubt = error.retry === "ambiguous" || (await mayBeASecond(context, error));
    await journal.together(() => {
      if (wasAccepted(error)) journal.doubt(key, "unnamed");
      else if (isInDoubt) journal.doubt(key);
      else journal.wait(key, pair.fingerprint);
    });
    return { outcome: "waiting", error };
  }
  // From here on no failure of a disk may send it again.
  await journal.together(() => journal.accepted(key, messageId));
  return await fileSent(context, pair, messageId);
}

function describe(bytes: number, limit: number): string {
  const inMegabytes = (count: number): number => Math.ceil(count / 1_000_000);
  return `The data is ${inMegabytes(bytes)} MB, at most ${inMegabytes(limit)} MB go in one request, and AllowChunking is not Y.`;
}
