// Pairs of 1 KB from OUT of one mailbox, through the server, into IN of their addressees; beside it, in turns, the same
// files copied twice, each synced, and its folder after it, one after the other.

import { randomBytes } from "node:crypto";
import { copyFile, mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { syncFile, syncFolder } from "@restante/durable";
import type { Economy } from "./economy.ts";
import { type Mailbox, openMailbox } from "./mailbox.ts";

const addressees = 16;

/** In milliseconds each; `processor` of this process alone, which has the directory clients and does the copying. */
export interface Round {
  readonly copying: number;
  readonly sending: number;
  readonly receiving: number;
  readonly processor: { readonly copying: number; readonly carrying: number };
}

export async function measurePairs(
  economy: Economy,
  folder: string,
  { pairs, rounds }: { pairs: number; rounds: number },
): Promise<Round[]> {
  await using closing = new AsyncDisposableStack();
  const sender = closing.use(await openMailbox(economy, economy.sender, folder));
  const receivers: Mailbox[] = [];
  for (const id of economy.addressees.slice(0, addressees)) {
    receivers.push(closing.use(await openMailbox(economy, id, folder)));
  }
  const measured: Round[] = [];
  // The first warms up.
  for (let round = 0; round <= rounds; round += 1) {
    const body = Buffer.from(randomBytes(500).toString("hex"));
    for (let number = 0; number < pairs; number += 1) {
      const { mailboxId } = receivers[number % receivers.length] ?? sender;
      await sender.drop(`PAIR-${round}-${String(number).padStart(5, "0")}`, mailboxId, body);
    }
    const copied = await timed(async () => copyTwice(sender.out, folder));
    await rm(join(folder, "copies"), { recursive: true });
    const sent = await timed(async () => sender.directory.pollOnce());
    const received = await timed(async () => Promise.all(receivers.map(async ({ directory }) => directory.pollOnce())));
    const arrived = received.result.reduce((total, result) => total + result.received, 0);
    if (sent.result.sent !== pairs || arrived !== pairs) {
      throw new Error(`${sent.result.sent} sent and ${arrived} received of ${pairs}`);
    }
    if (round === 0) continue;
    measured.push({
      copying: copied.ms,
      sending: sent.ms,
      receiving: received.ms,
      processor: { copying: copied.processorMs, carrying: sent.processorMs + received.processorMs },
    });
  }
  return measured;
}

async function copyTwice(out: string, folder: string): Promise<void> {
  let from = out;
  for (const copy of ["first", "second"]) {
    const to = join(folder, "copies", copy);
    await mkdir(to, { recursive: true });
    for (const name of await readdir(from)) {
      await copyFile(join(from, name), join(to, name));
      await syncFile(join(to, name));
      await syncFolder(to);
    }
    from = to;
  }
}

async function timed<Result>(
  work: () => Promise<Result>,
): Promise<{ result: Result; ms: number; processorMs: number }> {
  const cpu = process.cpuUsage();
  const start = performance.now();
  const result = await work();
  const ms = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  return { result, ms, processorMs: (user + system) / 1000 };
}
