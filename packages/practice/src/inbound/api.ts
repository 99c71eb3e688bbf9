import { createWriteStream } from "node:fs";
import { buffer } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { messageFileName, type MessageId, type MexHeaders, parseMessageId } from "@restante/mesh";
import { type MeshClient, MeshClientError } from "@restante/mesh-client";
import { decompress, tooLarge } from "./content.ts";
import { keepFile } from "./keep-file.ts";
import type { Source } from "./source.ts";

/**
 * Received messages in the mailbox itself, by the MESH API. Letting go of one is acknowledging it. `tellUnusableIds` is
 * told how many entries of each listing cannot be message ids: they are passed over, and take nobody's place.
 */
export function apiSource(
  client: MeshClient,
  maxMessageBytes: number,
  tellUnusableIds: (count: number) => void = () => undefined,
): Source {
  const { mailboxId } = client;
  return {
    mailboxId,
    idsAreMessageIds: true,

    async *waiting(limit, signal) {
      let unusable = 0;
      let isWhole = false;
      const onUnusableIds = (count: number): void => void (unusable += count);
      try {
        yield* client.listAll({ maxResults: Math.max(10, limit), onUnusableIds, signal });
        isWhole = true;
      } finally {
        // Of a listing that was not gone through to its end, only that there are some can be said.
        if (isWhole || unusable > 0) tellUnusableIds(unusable);
      }
    },

    async open(id, signal) {
      // As it came: a body that is not what it says must arrive all the same, and once only.
      const { headers, body, contentEncoding } = await client.download(parseMessageId(id), {
        decode: false,
        maxBytes: maxMessageBytes,
        signal,
      });
      const isReport = headers.messageType?.toUpperCase() === "REPORT";
      const arrival = {
        messageId: id,
        mailboxId,
        from: headers.from,
        localId: headers.localId,
        workflowId: headers.workflowId ?? "",
        subject: headers.subject ?? "",
      };
      if (isReport) {
        body.destroy();
        return {
          ...arrival,
          type: "report",
          status: statusOf(headers),
          linkedMessageId: headers.linkedMessageId,
          to: headers.to,
          content: async () => ({ bytes: new Uint8Array() }),
        };
      }
      // Read now: an open body holds a connection, and one never asked for would hold it for ever.
      const bytes = await readWhole(body);
      const isCompressed =
        ["gzip", "x-gzip"].includes(contentEncoding ?? "") || headers.compressed?.toUpperCase() === "Y";
      return {
        ...arrival,
        type: "data",
        content: async () => (isCompressed ? decompress(bytes, maxMessageBytes) : { bytes }),
      };
    },

    async keep(id, folder, signal) {
      await keepFile(folder, `${messageFileName(id)}.dat`, async (path) => {
        const { body } = await client.download(parseMessageId(id), {
          decode: false,
          maxBytes: Number.MAX_SAFE_INTEGER,
          signal,
        });
        await pipeline(body, createWriteStream(path, { mode: 0o600 }), { signal });
      });
      return id;
    },

    async release(id, signal) {
      await client.acknowledge(id as MessageId, { signal });
    },

    async reach(signal) {
      await client.handshake({ signal });
    },
  };
}

async function readWhole(body: NodeJS.ReadableStream): Promise<Uint8Array> {
  try {
    return await buffer(body);
  } catch (error) {
    if (error instanceof MeshClientError && error.code === "too-large") throw tooLarge();
    throw error;
  }
}

function statusOf(headers: MexHeaders): {
  event: string;
  success: boolean;
  code: string;
  description: string;
} {
  return {
    event: headers.statusEvent ?? "",
    success: headers.statusSuccess?.toUpperCase() === "SUCCESS",
    code: headers.statusCode ?? "",
    description: headers.statusDescription ?? "",
  };
}
