import assert from "node:assert/strict";
import { test } from "node:test";
import { startTestServer, strangeAuthority, testClient, testMailboxes } from "@restante/testbed";

const { sender } = testMailboxes;

test("a handshake shows that the server knows us", async (t) => {
  const server = await startTestServer(t);
  await using client = await testClient(server, sender);
  await client.handshake();
});

test("a wrong password, shared key or mailbox is told as unauthorised", async (t) => {
  const server = await startTestServer(t);
  for (const wrong of [{ password: "wrong" }, { sharedKey: "wrong" }, { mailboxId: "NOBODY" }]) {
    await using client = await testClient(server, sender, wrong);
    await assert.rejects(client.handshake(), { code: "unauthorised", retry: "never", status: 403 });
  }
});

test("a client certificate of another authority is told as such", async (t) => {
  const server = await startTestServer(t);
  const stranger = await strangeAuthority();
  const { cert, key } = await stranger.issue({ commonName: "somebody", kind: "client" });
  await using client = await testClient(server, sender, { tls: { ca: server.authority.caPem, cert, key } });
  await assert.rejects(client.handshake(), { code: "unauthorised", status: 403 });
});
