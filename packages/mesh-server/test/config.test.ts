import assert from "node:assert/strict";
import { test } from "node:test";

import { createMeshServer, type MeshServerConfig, MeshServerError, readMeshServerConfig } from "@restante/mesh-server";

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
    mailboxes: [{ mailboxId: "A B", odsCode: "Y90001", password: 1 }],
    workflows: {},
    match: "loose",
    mailboxs: [],
  };

  assert.deepEqual(
    problemsOf(() => readMeshServerConfig(wrong)),
    [
      "  config has 'mailboxs', which is not a property here; did you mean 'mailboxes'?",
      "  config /port must be a whole number from 0 to 65535",
      "  config /sharedKey must be a text that is not empty",
      "  config /tls/ca is missing: it must be a text that is not empty",
      "  config /mailboxes/0/name is missing: it must be a text that is not empty",
      "  config /mailboxes/0/mailboxId must be a mailbox id: up to 100 letters, digits, underscores and hyphens",
      "  config /mailboxes/0/password must be a text that is not empty; put it between quotes",
      "  config /workflows must be a list",
      '  config /match must be "spine" or "strict"',
    ],
  );
  assert.deepEqual(
    problemsOf(() => readMeshServerConfig("config")),
    ["  config must be an object"],
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
    problemsOf(() => readMeshServerConfig(wrong)),
    [
      "  config /mailboxes/3/mailboxId must be a mailbox id: up to 100 letters, digits, underscores and hyphens",
      "  config /mailboxes/4/odsCode must be an ODS code: 3 to 12 letters and digits, such as A20047",
      "  config /mailboxes/2/mailboxId is the same as config /mailboxes/0/mailboxId",
      "  config /workflows/1/workflowId is the same as config /workflows/0/workflowId",
      "  config /workflows/1/senders/0 is the id of no mailbox here",
    ],
  );
});

test("what is kept is kept on one machine or shared by many: what belongs to the other is refused, with its reason", () => {
  const { dataFolder, ...rest } = config;
  const shared = {
    ...rest,
    store: "postgres://restante@db.example/restante?sslmode=verify-full",
    bodies: "s3://bodies/a",
  };
  assert.deepEqual(readMeshServerConfig({ ...shared, dataFolder: undefined }), { ...shared, dataFolder: undefined });
  const cases: [object, string[]][] = [
    [rest, ["  config must have dataFolder, or, to share a PostgreSQL with other nodes, store"]],
    [
      { ...shared, dataFolder },
      ["  config /dataFolder cannot be beside store: such a node keeps nothing. Take away one of the two"],
    ],
    [
      { ...shared, bodies: undefined },
      ["  config /store needs bodies: a folder of this node would be read by no other"],
    ],
    [
      { ...config, bodies: "s3://bodies", storePassword: "secret" },
      [
        "  config /storePassword is of nodes that share a store: there is no store here",
        "  config /bodies is of nodes that share a store: there is no store here",
      ],
    ],
    [{ ...shared, s3: { accessKeyId: "key" } }, ["  config /s3 must have accessKeyId and secretAccessKey, or neither"]],
  ];
  for (const [wrong, problems] of cases) {
    assert.deepEqual(
      problemsOf(() => readMeshServerConfig(wrong)),
      problems,
    );
  }
  for (const [store, fault] of [
    ["postgres://restante:secret@db.example/restante", "has a password"],
    ["postgres://restante@db.example/restante?password=secret", "has a password"],
    ["postgres://restante@db.example", "names no database"],
    ["postgres://restante@db.example/restante", "leads to another machine without sslmode"],
    ["postgres://restante@db.example/restante?sslmode=require", "has an sslmode that is not taken"],
    ["postgres://restante@db.example/restante?sslmode=no-verify", "has an sslmode that is not taken"],
    [
      "postgres://restante@db.example/restante?sslmode=verify-full&uselibpqcompat=true",
      "has a parameter of no use here",
    ],
    ["postgres://restante@db.example/restante?ssl=no-verify", "has a parameter of no use here"],
    ["postgres://restante@db.example/restante?sslmode=verify-full&sslmode=no-verify", "has a parameter twice"],
    [
      "postgres://restante@db.example/restante?sslmode=verify-full&sslrootcert=ca.crt",
      "has a relative path for sslrootcert",
    ],
    [
      "postgres://restante@db.example/restante?sslmode=verify-full&sslcert=a.crt&sslkey=/a.key",
      "has a relative path for sslcert",
    ],
    ["postgres://restante@one.example,two.example:5432/restante?sslmode=verify-full", "names several hosts"],
    ["postgres://restante@one.example%2Ctwo.example/restante?sslmode=verify-full", "names several hosts"],
    [
      "postgres://restante@one.example/restante?sslmode=verify-full&host=one.example,two.example",
      "names several hosts",
    ],
    [
      "postgres://restante@one.example/restante?sslmode=verify-full&host=two.example",
      "has a host that is no folder of a socket",
    ],
    ["postgres://restante@db.example/restante?host=", "has a host that is no folder of a socket"],
    [
      "postgres://restante@db.example/restante?sslmode=verify-full&target_session_attrs=read-write",
      "has a parameter of no use here",
    ],
    ["postgres://db.example/restante?sslmode=verify-full", "names no user"],
    ["postgres://restante@localhost/restante?host=db.example", "has a host that is no folder of a socket"],
    ["postgres://restante@db.example:port/restante", "is no URL of a PostgreSQL"],
    ["mysql://restante@db.example/restante", ""],
    ["db.example", ""],
  ] as const) {
    const problems = problemsOf(() => readMeshServerConfig({ ...shared, store }));
    assert.equal(problems.length, 1);
    const [problem = ""] = problems;
    const must = "must be postgres://USER@HOST:PORT/DATABASE, of one host and without a password";
    const words = fault === "" ? must : `${fault}: it ${must}`;
    assert.ok(problem.startsWith(`  config /store ${words}`), problem);
    assert.ok(!problem.includes("secret"));
  }
  for (const bodies of ["s3://", "s3://A", "https://bodies", "s3://key:secret@bodies", "s3://bodies/a?b"]) {
    const [problem = ""] = problemsOf(() => readMeshServerConfig({ ...shared, bodies }));
    assert.match(problem, /^ {2}config \/bodies must be s3:\/\/BUCKET/);
    assert.ok(!problem.includes("secret"));
  }
});

test("a server is not started with what its configuration may not be, whoever calls", async () => {
  const services = { demographics: { find: async () => undefined } };
  for (const wrong of [
    { ...config, tickMs: 0 },
    { ...config, collectWithinDays: 30 },
    { ...config, port: "8700" },
    { ...config, strict: true },
  ]) {
    await assert.rejects(createMeshServer(wrong as unknown as MeshServerConfig, services), { code: "config-invalid" });
  }
});

test("an option that is given as undefined is an option that is not given", () => {
  const given = { ...config, match: undefined, acceptClock: undefined };
  assert.deepEqual(readMeshServerConfig(given), given);
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
