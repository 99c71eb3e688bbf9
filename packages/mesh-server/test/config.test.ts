import assert from "node:assert/strict";
import { test } from "node:test";

import { type MeshServerConfig, MeshServerError, readMeshServerConfig } from "@restante/mesh-server";

import { createRegistry } from "../src/registry.ts";

const config: MeshServerConfig = {
  host: "127.0.0.1",
  port: 0,
  dataFolder: "data",
  sharedKey: "key",
  tls: { key: "key", cert: "cert", ca: "ca" },
  mailboxes: [
    { mailboxId: "a1", name: "A", odsCode: "Y90001", password: "p" },
    { mailboxId: "B1", name: "B", odsCode: "Y90002", password: "p", orgCode: "ORG", orgName: "Organisation" },
  ],
  workflows: [{ workflowId: "W", senders: ["A1"], receivers: ["b1"] }],
};

function problemsOf(run: () => unknown): string[] {
  try {
    run();
  } catch (error) {
    assert.ok(error instanceof MeshServerError);
    assert.equal(error.code, "config-invalid");
    return error.message.split("\n").slice(1);
  }
  return [];
}

test("a right configuration is taken as it is", () => {
  assert.deepEqual(readMeshServerConfig(structuredClone(config)), config);
});

test("a wrong configuration is refused with every problem at once", () => {
  const wrong = {
    ...config,
    port: 70_000,
    sharedKey: "",
    tls: { key: "key", cert: "cert" },
    mailboxes: [{ mailboxId: "A", odsCode: "Y90001", password: 1 }],
    workflows: {},
    match: "loose",
    mailboxs: [],
  };

  assert.deepEqual(
    problemsOf(() => readMeshServerConfig(wrong)),
    [
      "config.port must be a whole number from 0 to 65535",
      "config.sharedKey must be a text",
      "config.tls.ca must be a text",
      "config.mailboxes[0].name must be a text",
      "config.mailboxes[0].password must be a text",
      "config.workflows must be a list",
      "config.match must be spine or strict",
      "config.mailboxs is not a setting",
    ],
  );
  assert.deepEqual(
    problemsOf(() => readMeshServerConfig("config")),
    ["config must be an object"],
  );
});

test("mailboxes and workflows that contradict each other are refused with every problem at once", () => {
  const wrong: MeshServerConfig = {
    ...config,
    mailboxes: [
      ...config.mailboxes,
      { mailboxId: "A1", name: "A", odsCode: "Y90001", password: "p" },
      { mailboxId: "C 1", name: "C", odsCode: "Y90001", password: "p" },
      { mailboxId: "D1", name: "D", odsCode: "?", password: "p" },
    ],
    workflows: [...config.workflows, { workflowId: "W", senders: ["X"], receivers: ["*"] }],
  };

  assert.deepEqual(
    problemsOf(() => createRegistry(wrong)),
    [
      "mailboxes[2]: A1 is there twice",
      "mailboxes[3]: A mailbox id is 1 to 100 letters, digits, underscores and hyphens.",
      "mailboxes[4]: An ODS code is 3 to 12 letters and digits.",
      "workflows[1]: W is there twice",
      "workflows[1]: there is no mailbox X",
    ],
  );
});

test("a workflow's acknowledgement goes the other way, unless it is configured itself", () => {
  const registry = createRegistry(config);
  const [a, b] = [registry.find("a1"), registry.find("B1")];
  assert.ok(a !== undefined && b !== undefined);

  assert.deepEqual([registry.maySend(a, "W"), registry.maySend(b, "W")], [true, false]);
  assert.deepEqual([registry.maySend(a, "W_ACK"), registry.maySend(b, "W_ACK")], [false, true]);
  assert.deepEqual(registry.receivers("W_ACK"), [a]);
  assert.equal(registry.hasWorkflow("W_ACK_ACK"), false);

  const own = createRegistry({
    ...config,
    workflows: [...config.workflows, { workflowId: "W_ACK", senders: ["*"], receivers: ["*"] }],
  });
  assert.equal(own.maySend(a, "W_ACK"), true);
});

test("an organisation's code and name are its ODS code and the mailbox's name unless they are given", () => {
  const registry = createRegistry(config);

  assert.partialDeepStrictEqual(registry.find("A1"), { orgCode: "Y90001", orgName: "A" });
  assert.partialDeepStrictEqual(registry.find("B1"), { orgCode: "ORG", orgName: "Organisation" });
});
