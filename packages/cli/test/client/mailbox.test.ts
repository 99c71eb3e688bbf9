import assert from "node:assert/strict";
import { test } from "node:test";
import { parseMailboxId, systemClock } from "@restante/mesh";
import { temporaryFolder } from "@restante/testbed";
import { type ClientOpening, startMailbox } from "../../src/client/mailbox.ts";
import { createPulse } from "../../src/client/pulse.ts";
import { createTally } from "../../src/client/tally.ts";

test("what a client measures of SENT and FAILED is known of its mailbox", async (t) => {
  const tally = createTally();
  const opened = Promise.withResolvers<ClientOpening>();
  const mailbox = startMailbox({
    mailboxId: parseMailboxId("X26HC001"),
    folder: await temporaryFolder(t),
    open: async (opening) => {
      opened.resolve(opening);
      return { tellStatus: async () => undefined };
    },
    pulse: createPulse(1000),
    tally,
    emit: () => undefined,
    clock: systemClock,
    tellsOfMade: false,
    onLost: () => undefined,
  });
  const kept = { measuredAt: "2026-01-02T03:04:05Z", sent: { files: 2, bytes: 9 }, failed: { files: 0, bytes: 0 } };
  (await opened.promise).observer.measured?.(kept);
  assert.deepEqual(mailbox.tally.kept, kept);
  await mailbox.end();
});
