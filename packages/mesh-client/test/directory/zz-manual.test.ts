import assert from "node:assert/strict";
import { test } from "node:test";
import { startTestServer, testClient, testMailboxes, testWorkflow } from "@restante/testbed";
import { MeshClientError } from "@restante/mesh-client";
import { startDirectory } from "./mailbox-folder.ts";
const { sender, practice } = testMailboxes;
test("hangs before the answer", async (t) => {
  const server = await startTestServer(t);
  const from = await testClient(server, sender);
  const real = await testClient(server, practice);
  const ids: string[] = [];
  for (let i = 0; i < 5; i++)
    ids.push((await from.send({ to: practice, workflowId: testWorkflow, body: Buffer.from("x") })).messageId);
  const client = {
    ...real,
    download: async (id: any, o: any) => {
      if (ids.indexOf(id) < 2)
        return new Promise<never>((_, rej) =>
          o.signal.addEventListener("abort", () => rej(new MeshClientError("aborted", "x"))),
        );
      return real.download(id, o);
    },
  };
  const folder = await startDirectory(t, server, practice, { client, orderWaitMs: 5000 });
  const at = performance.now();
  const r = await folder.directory.pollOnce();
  console.error(
    r,
    performance.now() - at,
    folder.events.all.map((e) => e.event),
  );
  assert.equal(r.received, 3);
  await from[Symbol.asyncDispose]();
});
