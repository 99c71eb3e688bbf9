import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { temporaryFolder } from "@restante/testbed";
import { type StartOptions, startServer, TestkitError } from "@restante/testkit";
import { kinds, started, workflowId } from "./kinds.ts";

const wrong: [what: string, options: object, says: RegExp][] = [
  ["an option that it does not have", { mailbox: "X26ABC1" }, /mailbox: there is no such option/],
  ["a port that is none", { port: 65_536 }, /port: must be 0 to 65535/],
  ["a port that is a text", { port: "8700" }, /port: must be 0 to 65535/],
  ["a flag that is none", { tls: "yes" }, /tls: must be true or false/],
  ["an empty shared key", { sharedKey: "" }, /sharedKey: must be a text/],
  ["mailboxes that are no list", { mailboxes: "X26ABC1" }, /mailboxes: must be a list/],
  [
    "a mailbox without an id",
    { mailboxes: ["X26ABC1", { password: "p" }] },
    /mailboxes\[1\]: must be an id, or an object with mailboxId/,
  ],
  ["a workflow without an id", { workflows: [7] }, /workflows\[0\]: must be an id, or an object with workflowId/],
  ["settings that are no object", { settings: [] }, /settings: must be an object/],
  ["what is an option, as a setting", { settings: { port: 1 } }, /settings\.port: is not a setting here/],
  ["a door, as a setting", { settings: { plain: {} } }, /settings\.plain: is not a setting here/],
  [
    "demographics for another process",
    { process: true, demographics: {} },
    /demographics: cannot be asked by another process/,
  ],
  ["patients beside demographics", { demographics: {}, patients: [] }, /demographics: takes the place of patients/],
];

for (const [what, options, says] of wrong) {
  test(`startServer refuses ${what}`, async () => {
    await assert.rejects(startServer(options as StartOptions), (error) => {
      assert.ok(error instanceof TestkitError);
      assert.equal(error.code, "options-invalid");
      assert.match(error.message, says);
      return true;
    });
  });
}

test("startServer tells every problem at once", async () => {
  await assert.rejects(startServer({ prot: 1, tls: 1 } as unknown as StartOptions), {
    message: "The options of startServer:\n  prot: there is no such option\n  tls: must be true or false",
  });
});

for (const process of [false, true]) {
  const where = process ? "in a process of its own" : "in the test's process";

  test(`what the server refuses of its settings is told, ${where}`, async () => {
    const code = process ? "server-ended" : "config-invalid";
    await assert.rejects(startServer({ process, settings: { collectWithinDays: -1 } }), {
      code,
      message: /collectWithinDays/,
    });
    await assert.rejects(startServer({ process, mailboxes: ["not an id"] }), { code, message: /mailboxId/ });
  });

  test(`patients that cannot be read are told with their place, ${where}`, async () => {
    const patients = [{ nhsNumber: "1234567890", dateOfBirth: "1979-03-14", names: [{ family: "Lowe" }] }];
    await assert.rejects(startServer({ process, patients }), { message: /patients\.json.*\/patients\/0\/nhsNumber/s });
  });

  test(`a folder that was not made for development is refused, ${where}`, async (t) => {
    const dataFolder = import.meta.dirname;
    await assert.rejects(startServer({ process, dataFolder }), { message: /was not made for development/ });
    assert.ok(existsSync(join(dataFolder, "start-server.test.ts")));
    const taken = await started(t, { process, dataFolder: await temporaryFolder(t) });
    const port = Number(new URL(taken.url).port);
    await assert.rejects(startServer({ process, port }), { message: /EADDRINUSE/ });
  });
}

for (const [kind, options] of kinds) {
  test(`a data folder that is given is kept, with what was accepted, ${kind}`, async (t) => {
    const dataFolder = join(await temporaryFolder(t), "kept");
    const first = await startServer({ ...options, dataFolder });
    const { messageId } = await first.client("X26ABC1").send({ to: "X26ABC2", workflowId, body: "kept" });
    await first.close();
    await using second = await startServer({ ...options, dataFolder });
    assert.equal((await second.waitForMessage({ containing: "kept" })).messageId, messageId);
  });

  test(`settings, shared key, mailboxes and workflows are as they are told, ${kind}`, async (t) => {
    const server = await started(t, {
      ...options,
      sharedKey: "another",
      mailboxes: [{ mailboxId: "Y1A", password: "one", odsCode: "Y90001", name: "One" }, "Y2B"],
      workflows: ["NOTE", { workflowId: "ONE_WAY", senders: ["Y1A"], receivers: ["Y2B"] }],
      enforceWorkflows: true,
      settings: { maxRequestBytes: 1000 },
    });
    assert.equal(server.sharedKey, "another");
    const one = server.client("Y1A");
    await one.send({ to: "Y2B", workflowId: "NOTE", body: "x" });
    await one.send({ to: "Y2B", workflowId: "ONE_WAY", body: "x" });
    await assert.rejects(server.client("y2b").send({ to: "Y1A", workflowId: "ONE_WAY", body: "x" }));
    await assert.rejects(one.send({ to: "Y2B", workflowId: "OTHER", body: "x" }));
    await assert.rejects(one.send({ to: "Y2B", workflowId: "NOTE", body: "x".repeat(1001) }));
    await assert.rejects(server.client("Y1A", { password: "wrong" }).handshake());
    assert.throws(() => server.client("Y3C"), { code: "mailbox-unknown", message: /It has Y1A, Y2B\./ });
    assert.deepEqual(
      (await one.lookup("Y90001", "NOTE")).map(({ mailboxId }) => mailboxId),
      ["Y1A"],
    );
  });
}

test("demographics of one's own are asked", async (t) => {
  const asked: string[] = [];
  const find = async (nhsNumber: string): Promise<undefined> => void asked.push(nhsNumber);
  const server = await started(t, { demographics: { find } });
  const to = "GPPROVIDER_9955260181_14031979_Achterberg-Lowe";
  await server.client("X26ABC1").send({ to, workflowId: "GPFED_CONSULT_REPORT", body: "x" });
  await server.waitForMessage({ type: "REPORT", code: "EPL-153" });
  assert.deepEqual(asked, ["9955260181"]);
});
