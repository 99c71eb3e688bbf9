// The processor time of a process in which many mailboxes wait: each between two polls, with its OUT watched.

import type { Economy } from "./economy.ts";
import { openMailbox } from "./mailbox.ts";

/** The part of a core that it takes, with its first polls left out. */
export async function measureIdle(economy: Economy, folder: string, forMs: number): Promise<number> {
  await using closing = new AsyncDisposableStack();
  let polls = 0;
  for (const id of economy.addressees) {
    const mailbox = await openMailbox(economy, id, folder, {
      emit: ({ event }) => {
        if (event === "poll-succeeded") polls += 1;
      },
    });
    closing.use(mailbox);
    mailbox.directory.start();
  }
  while (polls < economy.addressees.length) await passing(50);
  await passing(1000);
  const cpu = process.cpuUsage();
  const start = performance.now();
  await passing(forMs);
  const { user, system } = process.cpuUsage(cpu);
  return (user + system) / 1000 / (performance.now() - start);
}

async function passing(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
}
