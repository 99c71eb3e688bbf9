import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import type { MeshClient } from "@restante/mesh-client";
import { createDirectoryClient } from "@restante/mesh-client/directory";
import type { MailboxSettings } from "./mailbox-process.ts";

/** How long after a send without an answer "no such message" is believed, here: in milliseconds. */
const answerWaitMs = 1000;

/** A client in peace does what is left, until nothing waits. Gives what is held. */
export async function settle(
  { client, folder, withinMs }: { readonly client: MeshClient; readonly folder: string; readonly withinMs: number },
  settings: MailboxSettings = {},
): Promise<readonly string[]> {
  await using directory = await createDirectoryClient({ client, folder, settleMs: 0, answerWaitMs, ...settings });
  const until = performance.now() + withinMs;
  for (;;) {
    const { waiting, received, error } = await directory.pollOnce();
    if (waiting === 0 && received === 0 && error === undefined) break;
    assert.ok(
      performance.now() < until,
      `it does not settle: ${waiting} wait, ${error?.message ?? "without an error"}`,
    );
    if (received === 0) await delay(20);
  }
  return directory.held().map(({ baseName }) => baseName);
}
