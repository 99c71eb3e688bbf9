// What a server still holds of messages that have gone through it: sent, listed, downloaded, acknowledged.
import { randomBytes } from "node:crypto";
import { testClient, testMailboxes, testWorkflow } from "@restante/testbed";
import type { Held } from "./serve.ts";
import type { MeasuredServer } from "./server.ts";

const body = randomBytes(1000);
const atATime = 16;
const tellEveryMs = 15_000;

/** What it holds after the first so many cycles, and after all of them. */
export async function heldAfter(server: MeasuredServer, first: number, all: number): Promise<[Held, Held]> {
  await using sender = await testClient(server, testMailboxes.sender, { connections: atATime });
  await using recipient = await testClient(server, testMailboxes.practice, { connections: atATime });
  const started = performance.now();
  let told = started;
  let begun = 0;

  async function cycle(): Promise<void> {
    const { messageId } = await sender.send({ to: testMailboxes.practice, workflowId: testWorkflow, body });
    const { messageIds } = await recipient.list();
    if (!messageIds.includes(messageId)) throw new Error("A message is not listed.");
    const message = await recipient.download(messageId);
    const pieces = await message.body.toArray();
    if (!Buffer.concat(pieces).equals(body)) throw new Error("A message is not what was sent.");
    await recipient.acknowledge(messageId);
  }

  async function upTo(count: number): Promise<Held> {
    const worker = async (): Promise<void> => {
      while (begun < count) {
        begun += 1;
        await cycle();
        tell();
      }
    };
    await Promise.all(Array.from({ length: atATime }, worker));
    return server.held();
  }

  function tell(): void {
    const now = performance.now();
    if (now - told < tellEveryMs) return;
    told = now;
    const seconds = (now - started) / 1000;
    const left = ((all - begun) / begun) * seconds;
    console.log(`  ${begun} of ${all} cycles, ${(begun / seconds).toFixed(0)} a second, ${left.toFixed(0)} s left`);
  }

  return [await upTo(first), await upTo(all)];
}
