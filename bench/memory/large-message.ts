// What a server holds at most while one large message goes through it, in as few chunks as the API takes. Nobody holds
// the message: it is made piece by piece, and what comes back is held against its digest.
import { createHash, type Hash, randomBytes } from "node:crypto";
import type { MeshClient } from "@restante/mesh-client";
import { testClient, testMailboxes, testWorkflow } from "@restante/testbed";
import type { MeasuredServer } from "./server.ts";

/** The most that one request may have. */
const chunkBytes = 100_000_000;
const pieceBytes = 1_000_000;

/**
 * What goes through it before, in messages of every day: V8 looks for garbage once 64 MB of what comes
 * from a socket has gathered, whatever it is of, and the room that this takes stays with the process.
 */
const everyDay = { messages: 500, bytes: 100_000, atATime: 4 };

/** In bytes, of the most that the operating system counted. */
export interface Peaks {
  /** What messages of every day added to a server that had just started, if there were any. */
  everyDay: number;
  /** What the large one added to what was before: while it was sent, and while it was downloaded. */
  sent: number;
  downloaded: number;
}

/** @param after what goes through the server before: nothing, or messages of every day */
export async function peaksOver(server: MeasuredServer, bytes: number, after: "start" | "every day"): Promise<Peaks> {
  await using sender = await testClient(server, testMailboxes.sender);
  await using recipient = await testClient(server, testMailboxes.practice);
  const started = server.peak();
  if (after === "every day") await sendOthers(sender, recipient);
  const before = server.peak();

  const sent = createHash("sha256");
  const total = bytes / chunkBytes;
  const chunk = { bodyLength: chunkBytes };
  const head = { to: testMailboxes.practice, workflowId: testWorkflow, totalChunks: total };
  const { messageId } = await sender.send({ ...head, ...chunk, body: made(sent) });
  for (let number = 2; number <= total; number += 1) {
    await sender.sendChunk(messageId, { number, total, ...chunk, body: made(sent) });
  }
  const whileSent = server.peak();

  const received = createHash("sha256");
  const { body } = await recipient.download(messageId, { maxBytes: bytes });
  for await (const piece of body) received.update(piece as Buffer);
  if (received.digest("hex") !== sent.digest("hex")) throw new Error("The message is not what was sent.");
  await recipient.acknowledge(messageId);
  return { everyDay: before - started, sent: whileSent - before, downloaded: server.peak() - before };
}

async function sendOthers(sender: MeshClient, recipient: MeshClient): Promise<void> {
  const body = randomBytes(everyDay.bytes);
  let left = everyDay.messages;
  const worker = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      const { messageId } = await sender.send({ to: testMailboxes.practice, workflowId: testWorkflow, body });
      const message = await recipient.download(messageId);
      await message.body.toArray();
      await recipient.acknowledge(messageId);
    }
  };
  await Promise.all(Array.from({ length: everyDay.atATime }, worker));
}

/** A chunk, no two of them alike. */
async function* made(hash: Hash): AsyncGenerator<Buffer> {
  const random = randomBytes(pieceBytes);
  for (let number = 0; number < chunkBytes / pieceBytes; number += 1) {
    const piece = Buffer.from(random);
    piece.writeUInt32LE(number);
    hash.update(piece);
    yield piece;
  }
}
