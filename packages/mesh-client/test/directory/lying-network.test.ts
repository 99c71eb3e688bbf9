import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { clientOptions, startTestServer, testClient, testMailboxes, type TestServer } from "@restante/testbed";
import { createMeshClient, type MeshClient } from "@restante/mesh-client";
import { startNetwork } from "@restante/testkit";
import { carryPairs, networkTls } from "../../fuzz/network/carry-pairs.ts";
import { startDirectory } from "./mailbox-folder.ts";

const { sender, practice } = testMailboxes;

/** Seed 3 sends in two chunks. More of them: `npm run fuzz -- network`. */
for (const seed of [2, 3]) {
  test(`through networks that lie each pair arrives once and whole, or is shown as held: seed ${seed}`, async (t) => {
    const { problems, held, lies, polls, description } = await carryPairs(t, { seed, pairs: 12, lyingPolls: 5 });
    t.diagnostic(`${lies} lies, ${held} held, ${polls} polls`);
    assert.deepEqual(problems, [], description);
    assert.ok(lies > 8, description);
  });
}

async function delivered(server: TestServer): Promise<number> {
  await using recipient = await testClient(server, practice);
  return (await recipient.list()).messageIds.length;
}

test("a send that came twice, and whose second was refused, is settled by tracking and not sent again", async (t) => {
  const server = await startTestServer(t);
  await using network = await startNetwork({ to: server.url, tls: await networkTls(server) });
  const client = createMeshClient({ ...(await clientOptions(server, sender)), url: network.url });
  const folder = await startDirectory(t, server, sender, { client });
  for (const [base, localId] of [
    ["A", "unique-1"],
    ["B", undefined],
  ] as const) {
    await folder.drop(base, { localId });
    network.next({ do: "deliver-twice", answer: "second", method: "POST" });
    const { error, waiting } = await folder.directory.pollOnce();
    assert.deepEqual([error?.code, waiting], ["unauthorised", 1]);
    await folder.directory.pollOnce();
  }
  const { held } = await folder.directory.pollOnce();
  assert.deepEqual(
    held.map(({ baseName }) => baseName),
    ["B"],
  );
  assert.deepEqual(await folder.names("sent"), ["A.ctl", "A.dat"]);
  assert.equal(await delivered(server), 2);
});

test("a send that is refused because MESH does not know us is in no doubt: it waits, and goes when it does", async (t) => {
  const server = await startTestServer(t);
  const real = await testClient(server, sender);
  // It lists nothing: the send is what MESH refuses.
  const client: MeshClient = { ...real, listAll: async function* () {} };
  const folder = await startDirectory(t, server, sender, { client });
  await folder.directory.pollOnce();
  const mailboxes = server.config.mailboxes.map((one) => Object.assign({}, one, { password: "another" }));
  await server.restart({ mailboxes });
  await folder.drop("A");
  const { error, waiting } = await folder.directory.pollOnce();
  assert.deepEqual([error?.code, waiting], ["unauthorised", 1]);
  await server.restart();
  assert.equal((await folder.directory.pollOnce()).sent, 1);
  assert.equal(await delivered(server), 1);
});

test("a send of which a part was lost on its way is not taken for one that MESH refuses: it goes at the next poll", async (t) => {
  const server = await startTestServer(t);
  await using network = await startNetwork({ to: server.url });
  const timeouts = { headersMs: 1000 };
  const client = createMeshClient({ ...(await clientOptions(server, sender)), url: network.url, timeouts });
  const folder = await startDirectory(t, server, sender, { client });
  await folder.drop("A", { localId: "unique-1" }, randomBytes(60_000));
  network.next({ do: "close", way: "to-server", after: 20_000, connection: "every" });
  const { error, waiting } = await folder.directory.pollOnce();
  assert.equal(waiting, 1);
  assert.ok(error);
  network.clear();
  await network.cut();
  assert.equal((await folder.directory.pollOnce()).sent, 1);
  assert.deepEqual(await folder.names("failed"), []);
  assert.equal(await delivered(server), 1);
});
