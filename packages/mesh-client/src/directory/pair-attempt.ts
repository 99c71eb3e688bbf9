import { createReadStream } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { apiErrors, serverCodes } from "@restante/mesh";
import { MeshClientError } from "../mesh-client-error.ts";
import type { OutgoingMessage } from "../send.ts";
import { gzipIfSmaller, readFrom } from "./compress.ts";
import type { DirectoryContext } from "./context.ts";
import { type PairProblem, transferFailure } from "./pair-control.ts";
import { failPair, fileSent, type PairResult } from "./pair-ends.ts";
import type { Pair } from "./pair-files.ts";

/** The statuses by which the server refuses this message; by any other it refuses us. */
const refusals: ReadonlySet<number> = new Set([400, 413, 417, 422]);

/** Sends a pair: from `waiting` to `accepted` and on, to `failed`, to `doubtful`, or back. See pair.ts. */
export async function attempt(context: DirectoryContext, pair: Pair): Promise<PairResult> {
  const { client, journal, settings, folders } = context;
  const { control, key } = pair;
  const packed = join(folders.temp, `out-${key.slice(0, 16)}.gz`);
  try {
    const packedBytes = control.compress === false ? undefined : await gzipIfSmaller(pair.data, pair.bytes, packed);
    const bytes = packedBytes ?? pair.bytes;
    if (bytes > settings.maxRequestBytes) return await failPair(context, pair.sighting, tooLarge(context, pair, bytes));

    journal.begin(key, pair.fingerprint, { localId: control.localId, compressed: packedBytes !== undefined });
    // Without a signal: a send that is cut short would be in doubt. The client's time-out bounds it.
    const { messageId } = await client.send({
      ...headersOf(pair),
      bodyLength: bytes,
      body:
        bytes === 0 ? new Uint8Array() : () => (packedBytes ? createReadStream(packed) : readFrom(pair.data, bytes)),
      ...(packedBytes === undefined ? {} : { contentEncoding: "gzip", compressed: "Y" }),
    });
    journal.accepted(key, messageId);
    return await fileSent(context, pair, messageId);
  } catch (error) {
    if (!(error instanceof MeshClientError)) throw error;
    if (error.retry === "ambiguous") {
      journal.doubt(key);
      return { outcome: "waiting", error };
    }
    if (refusals.has(error.status ?? 0) || error.code === "request-invalid") {
      return failPair(context, pair.sighting, refusal(error, pair));
    }
    journal.wait(key, pair.fingerprint);
    return { outcome: "waiting", error };
  } finally {
    await rm(packed, { force: true });
  }
}

function headersOf({ control, dataName }: Pair): Omit<OutgoingMessage, "body"> {
  return {
    to: control.to,
    from: control.from,
    workflowId: control.workflowId,
    subject: control.subject,
    localId: control.localId,
    fileName: dataName,
    partnerId: control.partnerId,
    processId: control.processId,
    fromSmtp: control.fromSmtp,
    toSmtp: control.toSmtp,
    addressType: control.addressType,
    version: control.version,
    compress: control.compress === false ? "N" : "Y",
    encrypted: control.encrypted === true ? "Y" : undefined,
    checksum: control.checksum,
  };
}

function tooLarge({ settings }: DirectoryContext, { control }: Pair, bytes: number): PairProblem {
  const inMegabytes = (count: number): number => Math.ceil(count / 1_000_000);
  const size = `The data is ${inMegabytes(bytes)} MB; at most ${inMegabytes(settings.maxRequestBytes)} MB go in one request`;
  return transferFailure(
    control.allowChunking === true
      ? `${size}, and sending in chunks is not built yet.`
      : `${size}, and AllowChunking is not Y.`,
    control,
  );
}

/** The server's words go into the report; an event has ours, because the server's may quote what was sent. */
function refusal(error: MeshClientError, { control }: Pair): PairProblem {
  const { status, event, meshCode } = error;
  if (meshCode === undefined) {
    return transferFailure(
      status === undefined ? "A header cannot be written." : `The server answered ${status}.`,
      control,
    );
  }
  const known = serverCodes[meshCode] ?? Object.values(apiErrors).find(({ code }) => code === meshCode)?.text;
  const reason = known ?? `The server answered ${status}.`;
  return {
    status: { event: event ?? "SEND", success: false, code: meshCode, description: error.description ?? reason },
    reason,
    control,
  };
}
