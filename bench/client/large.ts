// One large pair, sent in chunks, against an upload of the same chunks by a bare HTTPS client, in turns; and what the
// process of the directory client holds meanwhile.

import { randomFillSync } from "node:crypto";
import { open, rm } from "node:fs/promises";
import { join } from "node:path";
import { syncFile } from "@restante/durable";
import { testWorkflow } from "@restante/testbed";
import { openParty } from "../server/party.ts";
import type { Economy } from "./economy.ts";
import { type Mailbox, openMailbox } from "./mailbox.ts";

export interface LargeRound {
  /** In milliseconds. */
  readonly plain: number;
  readonly pair: number;
  /** The most that the process held over what it held before, in bytes. */
  readonly grownBy: number;
}

const chunkBytes = 20_000_000;

export async function measureLarge(
  economy: Economy,
  folder: string,
  { bytes, rounds }: { bytes: number; rounds: number },
): Promise<LargeRound[]> {
  const [to = ""] = economy.addressees;
  await using mailbox = await openMailbox(economy, economy.sender, folder);
  const measured: LargeRound[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    const file = join(folder, "large.dat");
    await writeRandom(file, bytes);
    const pair = await sendAsPair(mailbox, `LARGE-${round}`, to, file);
    const plain = await uploadPlain(economy, to, file);
    if (round > 0) measured.push({ ...pair, plain });
    await rm(file);
    for (const name of [`LARGE-${round}.dat`, `LARGE-${round}.ctl`]) await rm(join(mailbox.root, "SENT", name));
  }
  return measured;
}

async function sendAsPair(
  mailbox: Mailbox,
  name: string,
  to: string,
  file: string,
): Promise<{ pair: number; grownBy: number }> {
  await mailbox.dropFile(name, to, file);
  globalThis.gc?.();
  const before = process.memoryUsage.rss();
  let most = before;
  const look = setInterval(() => (most = Math.max(most, process.memoryUsage.rss())), 20);
  const start = performance.now();
  const { sent, error } = await mailbox.directory.pollOnce();
  const pair = performance.now() - start;
  clearInterval(look);
  if (sent !== 1) throw new Error(`The large pair was not sent: ${error?.message ?? "no error"}`);
  return { pair, grownBy: most - before };
}

/** Each chunk is read as a whole, and sent: no reading goes on beside the sending, and nothing is checked or noted. */
async function uploadPlain(economy: Economy, to: string, file: string): Promise<number> {
  using party = await openParty(economy, economy.sender, 1);
  await using handle = await open(file);
  const { size } = await handle.stat();
  const total = Math.ceil(size / chunkBytes);
  const start = performance.now();
  let messageId = "";
  for (let number = 1; number <= total; number += 1) {
    const chunk = Buffer.allocUnsafe(Math.min(chunkBytes, size - (number - 1) * chunkBytes));
    await handle.read(chunk, 0, chunk.byteLength, (number - 1) * chunkBytes);
    const headers = {
      "mex-chunk-range": `${number}:${total}`,
      "content-type": "application/octet-stream",
      ...(number === 1 ? { "mex-to": to, "mex-workflowid": testWorkflow } : {}),
    };
    const path = number === 1 ? "outbox" : `outbox/${messageId}/${number}`;
    const { status, body } = await party.call("POST", path, headers, chunk);
    if (status !== 202) throw new Error(`Chunk ${number}: ${status} ${body.toString()}`);
    if (number === 1) messageId = idIn(body);
  }
  return performance.now() - start;
}

function idIn(body: Buffer): string {
  const answer = JSON.parse(body.toString()) as { message_id?: string; messageID?: string };
  return answer.message_id ?? answer.messageID ?? "";
}

async function writeRandom(file: string, bytes: number): Promise<void> {
  await writePieces(file, bytes);
  await syncFile(file);
}

async function writePieces(file: string, bytes: number): Promise<void> {
  await using handle = await open(file, "w");
  const piece = Buffer.allocUnsafe(1_000_000);
  for (let left = bytes; left > 0; left -= piece.byteLength) {
    randomFillSync(piece);
    await handle.write(piece, 0, Math.min(left, piece.byteLength));
  }
}
