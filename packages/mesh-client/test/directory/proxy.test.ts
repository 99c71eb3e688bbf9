import assert from "node:assert/strict";
import { test } from "node:test";
import { startTestServer, testClient, testMailboxes } from "@restante/testbed";
import { startConnectProxy } from "../proxy/connect-proxy.ts";
import { startDirectory } from "./mailbox-folder.ts";

const { sender, practice } = testMailboxes;

test("a pair behind a proxy that opens no way waits in OUT, undoubted, is told as the proxy's, and arrives once", async (t) => {
  const server = await startTestServer(t);
  const forbids = "HTTP/1.1 403 Forbidden\r\n\r\n";
  const proxy = await startConnectProxy(t, { reaction: forbids, signIn: "user:proxy-password" });
  const signIn = { username: "user", password: "proxy-password" };
  const client = await testClient(server, sender, {
    proxy: { url: proxy.url, ...signIn },
    retries: { firstWaitMs: 1 },
  });
  const folder = await startDirectory(t, server, sender, { client });
  await folder.drop("A", { localId: "L1" });
  for (const reaction of [forbids, "HTTP/1.1 502 Bad\r\n\r\n", "HTTP/1.1 407 No\r\n\r\n"]) {
    proxy.react(reaction);
    const result = await folder.directory.pollOnce();
    const { waiting, failed, held, error } = result;
    assert.deepEqual({ waiting, failed, held, code: error?.code }, { waiting: 1, failed: 0, held: [], code: "proxy" });
  }
  const told = folder.events.of("poll-failed").map(({ code, reason }) => `${code}: ${reason}`);
  assert.equal(told[0], `proxy: The proxy ${proxy.url.slice(7)} does not let us through to the server (403).`);

  proxy.react("open");
  assert.equal((await folder.directory.pollOnce()).sent, 1);
  assert.deepEqual(folder.events.of("pair-ambiguous"), []);
  assert.equal(folder.events.of("poll-recovered").length, 1);
  await using to = await testClient(server, practice);
  assert.equal((await to.list()).messageIds.length, 1);
  assert.ok(!JSON.stringify(folder.events.all).includes(signIn.password));
});

test("a pair whose way is refused between the greeting and the send waits, and goes at the next poll", async (t) => {
  const server = await startTestServer(t);
  const proxy = await startConnectProxy(t);
  const client = await testClient(server, sender, { proxy: { url: proxy.url }, retries: { firstWaitMs: 1 } });
  let refuses = true;
  const refusing = {
    ...client,
    send: async (...args: Parameters<typeof client.send>) => {
      proxy.react(refuses ? "HTTP/1.1 407 No\r\n\r\n" : "open");
      proxy.cut();
      return client.send(...args);
    },
  };
  const folder = await startDirectory(t, server, sender, { client: refusing });
  await folder.drop("A", { localId: "L1" });
  const { waiting, failed, held, error } = await folder.directory.pollOnce();
  assert.deepEqual({ waiting, failed, held, code: error?.code }, { waiting: 1, failed: 0, held: [], code: "proxy" });
  assert.deepEqual(await folder.names("out"), ["A.ctl", "A.dat"]);
  refuses = false;
  proxy.react("open");
  assert.equal((await folder.directory.pollOnce()).sent, 1);
  await using to = await testClient(server, practice);
  assert.equal((await to.list()).messageIds.length, 1);
});
