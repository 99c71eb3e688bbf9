import assert from "node:assert/strict";
import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";

import { ControlError } from "@restante/control";
import { type Demographics, DemographicsError, embeddedDemographics } from "@restante/demographics";
import {
  addressOf,
  testClient,
  testDirectory,
  testMailboxes,
  testPatients,
  testRequest,
  testToken,
  testWorkflow,
} from "@restante/testbed";

import { createMovedClock } from "../../src/control/moved-clock.ts";
import { testMachine } from "../time/machine.ts";
import { startRewoundServer } from "./rewound-server.ts";

const { sender, practice, pharmacy } = testMailboxes;
const uncollected = { to: pharmacy, workflowId: testWorkflow, body: Buffer.from("x") };
const routed = {
  to: addressOf(testPatients.registered),
  workflowId: "GPFED_CONSULT_REPORT",
  body: Buffer.from("x"),
};

/** Demographics that can be taken down. */
function fallible(): { demographics: Demographics; down: { is: boolean | "silent" } } {
  const real = embeddedDemographics(testDirectory());
  const down: { is: boolean | "silent" } = { is: true };
  const find: Demographics["find"] = (...words) => {
    if (down.is === "silent") return new Promise(() => undefined);
    if (!down.is) return real.find(...words);
    return Promise.reject(new DemographicsError("unavailable", "PDS does not answer", { retry: "safe" }));
  };
  return { demographics: { find }, down };
}

test("moved 5 days and an hour on, an uncollected message is reported with 14 when the move answers, and a token of the real time collects the report", async (t) => {
  const server = await startRewoundServer(t);
  await using client = await testClient(server, sender);
  await using receiver = await testClient(server, pharmacy);
  const { messageId } = await client.send(uncollected);

  const { ahead, now } = await server.moved.control.advance({ by: "5d1h" });

  assert.equal(ahead, "5d1h");
  assert.ok(Math.abs(new Date(now).getTime() - Date.now() - 121 * 3_600_000) < 60_000);
  const { messageIds } = await client.list();
  assert.equal(messageIds.length, 1);
  const { headers } = await client.download(messageIds[0]!);
  assert.deepEqual([headers.statusCode, headers.linkedMessageId], ["14", messageId]);
  await client.acknowledge(messageIds[0]!);
  assert.deepEqual((await receiver.list()).messageIds, []);
  assert.deepEqual(server.events.of("clock-doubted"), []);
  assert.equal(server.events.of("clock-advanced")[0]?.ahead, "5d1h");
});

test("30 days on it is deleted with its body, also if the clock is moved there at once", async (t) => {
  const server = await startRewoundServer(t, { config: { smallBodyBytes: 1 } });
  await using client = await testClient(server, sender);
  const { messageId } = await client.send({ ...uncollected, body: Buffer.from("large") });
  const bodies = (): Promise<string[]> => readdir(join(server.config.dataFolder, "bodies"));
  assert.equal((await bodies()).length, 1);

  await server.moved.control.advance({ by: "30d1h" });

  assert.deepEqual(await bodies(), []);
  const path = `/messageexchange/${sender}/outbox/tracking?messageID=${messageId}`;
  assert.equal((await testRequest(server, sender, { path })).status, 404);
  // As time would have passed: reported on the fifth day, the report itself uncollected on the tenth.
  assert.deepEqual(
    server.events.of("report-placed").map(({ linkedMessageId }) => linkedMessageId),
    [messageId],
  );
  assert.deepEqual((await client.list()).messageIds, []);
});

test("held by demographics that are down, a message goes through once they are up and the clock is moved", async (t) => {
  const { demographics, down } = fallible();
  const server = await startRewoundServer(t, { demographics });
  await using client = await testClient(server, sender);
  await using receiver = await testClient(server, practice);
  const { messageId } = await client.send(routed);
  await server.events.next("routing-held");
  await server.moved.control.advance({ by: "2h" });
  assert.deepEqual((await receiver.list()).messageIds, []);

  assert.equal(server.events.of("routing-held").length, 1, "how often it is told follows the real clock");

  down.is = false;
  await server.moved.control.advance({ by: "10m" });

  assert.deepEqual((await receiver.list()).messageIds, [messageId]);
});

test("held for 24 hours of the moved clock, it fails with 14", async (t) => {
  const { demographics } = fallible();
  const server = await startRewoundServer(t, { demographics });
  await using client = await testClient(server, sender);
  const { messageId } = await client.send(routed);
  await server.events.next("routing-held");

  await server.moved.control.advance({ by: "25h" });

  const [reportId] = (await client.list()).messageIds;
  const { headers } = await client.download(reportId!);
  assert.deepEqual([headers.statusCode, headers.linkedMessageId], ["14", messageId]);
});

test("demographics that never answer do not keep a move from answering", async (t) => {
  const { demographics, down } = fallible();
  down.is = "silent";
  const server = await startRewoundServer(t, { demographics });
  await using client = await testClient(server, sender);
  await client.send(routed);
  await client.send(uncollected);

  assert.equal((await server.moved.control.advance({ by: "5d1h" })).ahead, "5d1h");
  assert.equal(
    server.events.of("report-placed").some(({ code }) => code === "14"),
    true,
  );
});

test("a message that cannot be moved on keeps neither the move nor the others: it is told, and tried again at the next move", async (t) => {
  const server = await startRewoundServer(t);
  await using client = await testClient(server, sender);
  const damaged = (await client.send({ ...uncollected, localId: "damaged" })).messageId;
  const whole = (await client.send(uncollected)).messageId;
  const row = (details: string): void => {
    using database = new DatabaseSync(join(server.config.dataFolder, "store.sqlite"));
    database.prepare("UPDATE message SET details = ? WHERE message_id = ?").run(details, damaged);
  };
  const reported = (): string[] => server.events.of("report-placed").map(({ linkedMessageId }) => linkedMessageId);
  row("{");

  await server.moved.control.advance({ by: "5d1h" });
  assert.deepEqual(reported(), [whole]);
  assert.equal(server.events.of("server-troubled")[0]?.messageId, damaged);
  row("{}");
  await server.moved.control.advance({ by: "1m" });

  assert.deepEqual(reported(), [whole, damaged]);
});

test("a restart keeps the clock where it was moved, and the clock guard is not alarmed", async (t) => {
  const server = await startRewoundServer(t);
  await using client = await testClient(server, sender);
  const { messageId } = await client.send(uncollected);
  await server.moved.control.advance({ by: "4d" });
  await server.restart();

  assert.equal((await server.moved.control.read()).ahead, "4d");
  await server.moved.control.advance({ by: "1d1h" });

  assert.equal((await server.moved.control.read()).ahead, "5d1h");
  assert.equal(server.events.of("report-placed")[0]?.linkedMessageId, messageId);
  assert.deepEqual(server.events.of("clock-doubted"), []);
});

test("of a machine whose clock is doubted, who moves the clock says that it is right: what is due is done", async (t) => {
  const machine = testMachine();
  const server = await startRewoundServer(t, { machineTime: machine });
  await using client = await testClient(server, sender);
  await client.send(uncollected);
  machine.put(40 * 24);
  await server.events.next("clock-doubted");

  await server.moved.control.advance({ by: "5d1h" });

  assert.equal(server.events.of("report-placed").length, 1);
  assert.equal(server.events.of("clock-trusted")[0]?.reason, "accepted");
});

test("the clock is not moved back, nor more than ten years on; a file that does not say where it is is refused", async (t) => {
  const server = await startRewoundServer(t);
  const { control } = server.moved;
  const refused = (code: string) => (error: unknown) => error instanceof ControlError && error.code === code;

  await assert.rejects(control.advance({ by: "-1h" }), refused("not-possible"));
  await control.advance({ by: "3650d" });
  await assert.rejects(control.advance({ by: "4d" }), refused("not-possible"));
  assert.equal((await control.read()).ahead, "3650d");
  await assert.rejects(control.advance({ by: "soon" }), refused("input-invalid"));

  await server.moved.right();
  assert.equal((await control.read()).ahead, "0s");
  const { dataFolder } = server.config;
  await writeFile(join(dataFolder, "clock.json"), "{}");
  await assert.rejects(createMovedClock({ dataFolder, serving: () => server.serving }), { code: "damaged" });
});

test("a used token stays used, and what is in quarantine is of its real day, however far the clock is moved", async (t) => {
  const server = await startRewoundServer(t);
  const headers = { authorization: testToken(server, sender) };
  const path = `/messageexchange/${sender}/inbox`;
  const use = async (): Promise<number> => (await testRequest(server, sender, { path, headers })).status;
  assert.equal(await use(), 200);
  await server.moved.control.advance({ by: "90d" });
  assert.equal(await use(), 403);

  await writeFile(join(server.config.dataFolder, "bodies", "20260301101010111111_AAAAAA-1.01234567"), "x");
  await server.restart();

  const [day] = await readdir(join(server.config.dataFolder, "bodies", "quarantine"));
  assert.ok(Math.abs(new Date(day!).getTime() - Date.now()) < 2 * 86_400_000, day);
});

test("two moves at once are both made; one that is put right on its way ends where it was put", async (t) => {
  const server = await startRewoundServer(t);
  const { control } = server.moved;
  await Promise.all([control.advance({ by: "1d" }), control.advance({ by: "2d" })]);
  assert.equal((await control.read()).ahead, "3d");

  const moving = control.advance({ by: "5d" });
  await server.moved.right();
  await moving;

  assert.equal((await control.read()).ahead, "0s");
  await server.restart();
  assert.equal((await server.moved.control.read()).ahead, "0s");
});
