import { createWriteStream } from "node:fs";
import { mkdir, open } from "node:fs/promises";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { messageFileName, type MessageId, type MexHeaders, parseMessageId } from "@restante/mesh";
import { type MeshClient, MeshClientError } from "@restante/mesh-client";
import { syncFolder } from "../files.ts";
import { tooLarge } from "./directory.ts";
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

    async waiting(limit, signal) {
      const messageIds: string[] = [];
      let unusable = 0;
      const onUnusableIds = (count: number): void => void (unusable += count);
      for await (const id of client.listAll({ maxResults: Math.max(10, limit), onUnusableIds, signal })) {
        messageIds.push(id);
        if (messageIds.length >= limit) break;
      }
      tellUnusableIds(unusable);
      return messageIds;
    },

    async open(id, signal) {
      const { headers, body } = await client.download(parseMessageId(id), { maxBytes: maxMessageBytes, signal });
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
          content: async () => new Uint8Array(),
        };
      }
      // Read now: an open body holds a connection, and one never asked for would hold it for ever.
      const content = await readWhole(body);
      return { ...arrival, type: "data", content: async () => content };
    },

    async keep(id, folder, signal) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const path = join(folder, `${messageFileName(id)}.dat`);
      const { body } = await client.download(parseMessageId(id), { signal });
      await pipeline(body, createWriteStream(path, { mode: 0o600 }), { signal });
      await using file = await open(path, "r+");
      await file.sync();
      await syncFolder(folder);
      return id;
    },

    async release(id, signal) {
      await client.acknowledge(id as MessageId, { signal });
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
  at: string;
  event: string;
  success: boolean;
  code: string;
  description: string;
} {
  return {
    at: headers.statusTimestamp ?? "",
    event: headers.statusEvent ?? "",
    success: headers.statusSuccess?.toUpperCase() === "SUCCESS",
    code: headers.statusCode ?? "",
    description: headers.statusDescription ?? "",
  };
}
