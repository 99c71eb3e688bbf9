import assert from "node:assert/strict";
import { test } from "node:test";
import type { PollResult } from "@restante/mesh-client/directory";
import { startTestServer, testMailboxes } from "@restante/testbed";
import { startDirectory } from "./mailbox-folder.ts";

test("whoever follows a directory client is told of each poll as it begins and ends, also of one that fails or is given up", async (t) => {
  const server = await startTestServer(t);
  const told: (string | PollResult | undefined)[] = [];
  const observer = {
    begins: () => void told.push("begins"),
    ended: (result: PollResult | undefined) => void told.push(result),
  };
  const folder = await startDirectory(t, server, testMailboxes.sender, { observer });
  await folder.drop("A1");
  const done = await folder.directory.pollOnce();
  const givenUp = await folder.directory.pollOnce(AbortSignal.abort());
  await server.close();
  const failed = await folder.directory.pollOnce();
  assert.deepEqual(told, ["begins", done, "begins", givenUp, "begins", failed]);
  assert.deepEqual([done.sent, done.error, failed.error?.code], [1, undefined, "unreachable"]);
});
