// What control does to a server is what a client over mutual TLS finds there.

import assert from "node:assert/strict";
import { test } from "node:test";

import { localHosts } from "@restante/authority";
import { parseMailboxId } from "@restante/mesh";
import { createMeshClient } from "@restante/mesh-client";
import { testAuthority } from "@restante/testbed";

import { recipient, sender, startDevelopment, workflow } from "./development.ts";

test("a message that was injected is downloaded by a client over HTTPS byte for byte, and a report with its code", async (t) => {
  const authority = await testAuthority();
  const { cert, key } = await authority.issue({ commonName: "localhost", hosts: localHosts, kind: "server" });
  const tls = { host: "127.0.0.1", port: 0, cert, key, ca: authority.caPem };
  const { server } = await startDevelopment(t, { tls });
  const own = await authority.issue({ commonName: "client", kind: "client" });
  await using client = createMeshClient({
    url: server.tlsUrl!,
    mailboxId: parseMailboxId(recipient),
    password: "password",
    sharedKey: "TestKey",
    tls: { ca: authority.caPem, cert: own.cert, key: own.key },
  });
  const bytes = Buffer.from(Array.from({ length: 100_000 }, (_, index) => index % 256));
  const { messages } = server.control;
  const injected = await messages.inject({
    mailbox: recipient,
    from: sender,
    workflowId: workflow,
    subject: "Wójcik-Łoś",
    body: bytes.toString("base64"),
  });
  const report = await messages.report({
    mailbox: recipient,
    workflowId: workflow,
    code: "EPL-153",
    description: "NHS Number not found",
    linkedMessageId: injected.messageId,
  });
  const { messageIds } = await client.list();
  assert.deepEqual(messageIds, [injected.messageId, report.messageId]);
  const message = await client.download(messageIds[0]!);
  const pieces: Buffer[] = [];
  for await (const piece of message.body) pieces.push(piece as Buffer);
  assert.ok(Buffer.concat(pieces).equals(bytes));
  assert.equal(message.headers.subject, "Wójcik-Łoś");
  const told = await client.download(messageIds[1]!);
  assert.equal(told.headers.linkedMessageId, injected.messageId);
  for (const messageId of messageIds) await client.acknowledge(messageId);
  assert.equal((await messages.list({ state: "acknowledged" })).messages.length, 2);
});
