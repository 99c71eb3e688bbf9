import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { join } from "node:path";
import { spawnSync } from "node:child_process";
import { networkInterfaces } from "node:os";
import { type TestContext, test } from "node:test";
import { createToken, systemClock } from "@restante/mesh";
import { atEnd, temporaryFolder } from "../support/at-end.ts";
import { type RunningCommand, runCommand } from "../support/processes.ts";
import { typed } from "../support/typed.ts";

interface Developed extends RunningCommand {
  readonly url: string;
}

async function develop(t: TestContext, ...words: string[]): Promise<Developed> {
  const command = runCommand(["server", "--dev", "--port", "0", ...words]);
  atEnd(t, async () => command.end("SIGKILL"));
  await command.printed(/Ready\./);
  const [, url = ""] = await command.printed(/MESH API +(\S+)\/messageexchange/);
  return { ...command, url };
}

function as(mailboxId: string, { password = "password", sharedKey = "TestKey" } = {}): { authorization: string } {
  const authorization = createToken({
    mailboxId,
    password,
    sharedKey,
    nonce: randomUUID(),
    nonceCount: 1,
    now: systemClock.now(),
  });
  return { authorization };
}

function send(
  url: string,
  { from = "X26ABC1", to = "X26ABC2", workflow = "TEST_WORKFLOW" } = {},
  headers: Record<string, string> = as(from),
): Promise<Response> {
  return fetch(`${url}/messageexchange/${from}/outbox`, {
    method: "POST",
    headers: { ...headers, "mex-to": to, "mex-workflowid": workflow },
    body: "letter",
  });
}

async function inboxOf(url: string, mailbox: string): Promise<string[]> {
  const answer = await fetch(`${url}/messageexchange/${mailbox}/inbox`, { headers: as(mailbox) });
  return ((await answer.json()) as { messages: string[] }).messages;
}

test("one line serves the mailboxes, key and workflows that clients of mesh-sandbox know, and leaves no folder behind", async (t) => {
  const server = await develop(t);
  assert.match(server.url, /^http:\/\/127\.0\.0\.1:\d+$/);
  for (const mailbox of ["X26ABC1", "X26ABC2", "X26ABC3"]) assert.deepEqual(await inboxOf(server.url, mailbox), []);
  for (const workflow of ["TEST_WORKFLOW", "TEST_WORKFLOW_ACK", "TEST_WORKFLOW2", "ANY_OTHER"]) {
    assert.equal((await send(server.url, { workflow })).status, 202, workflow);
  }
  assert.equal((await inboxOf(server.url, "X26ABC2")).length, 4);
  const found = await fetch(`${server.url}/messageexchange/endpointlookup/X27/TEST_WORKFLOW_ACK`);
  assert.equal(((await found.json()) as { results: { address: string }[] }).results[0]?.address, "X26ABC3");
  assert.equal((await fetch(`${server.url}/messageexchange/admin/mailbox/X26ABC3`)).status, 200);

  const [, folder = ""] = await server.printed(/Data +(\S+), removed at the end/);
  assert.ok(existsSync(join(folder, "server", "store.sqlite")));
  assert.equal(await server.end("SIGTERM"), 0);
  assert.ok(!existsSync(folder));
});

test("what was accepted in a named folder is there at the next start, and the folder is marked", async (t) => {
  const data = join(await temporaryFolder(t), "dev");
  const first = await develop(t, "--data", data);
  assert.equal((await send(first.url)).status, 202);
  assert.equal(await first.end("SIGINT"), 0);
  assert.ok(existsSync(join(data, "server", "for-development.txt")));
  const second = await develop(t, "--data", data);
  assert.equal((await inboxOf(second.url, "X26ABC2")).length, 1);
});

test("--enforce-workflows refuses what the workflows do not name, and --shared-key is another key", async (t) => {
  const server = await develop(t, "--enforce-workflows", "--shared-key", "Banana");
  const known = as("X26ABC1", { sharedKey: "Banana" });
  assert.equal((await send(server.url, { workflow: "ANY_OTHER" }, known)).status, 417);
  assert.equal((await send(server.url, {}, as("X26ABC1", { sharedKey: "Banana" }))).status, 202);
  assert.equal((await send(server.url)).status, 403);
});

test("every request that is refused is told as it comes, with what is wrong with its token", async (t) => {
  const server = await develop(t);
  const wrong = [{}, { authorization: "NHSMESH X26ABC1:1:2" }, as("X26ABC1", { sharedKey: "Banana" })];
  for (const headers of wrong) {
    for (let times = 0; times < 2; times += 1) assert.equal((await send(server.url, {}, headers)).status, 403);
  }
  await server.printed(/(?:refused X26ABC1: 403 [^]*?){6}/);
  const told = server.output().match(/(?<=refused X26ABC1: ).*/g) ?? [];
  const reasons = [
    "403 no-authorization there is no Authorization",
    "403 no-authorization Authorization is not a token of MESH, mailbox:nonce:count:yyyyMMddHHmm:hash",
    "403 token-not-genuine the token's hash is not that of its text with this mailbox's password and the shared key",
  ];
  assert.deepEqual(
    told,
    reasons.flatMap((reason) => [reason, reason]),
  );
});

function getSecurely(url: string, files: { ca: string; cert?: string; key?: string }): Promise<number> {
  const read = Object.fromEntries(Object.entries(files).map(([name, file]) => [name, readFileSync(file)]));
  return new Promise((resolve, reject) => {
    request(url, { ...read, agent: false }, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    })
      .once("error", reject)
      .end();
  });
}

test("--tls serves HTTPS with client certificates that are the same at the next start, and says what each tool is to be told", async (t) => {
  const data = join(await temporaryFolder(t), "dev");
  const words = ["--tls", "--tls-port", "0", "--data", data, "--allow-host", "mesh.test"];
  const server = await develop(t, ...words);
  const [, url = ""] = await server.printed(/HTTPS +(\S+)\/messageexchange, with a client certificate/);
  const [, certs = ""] = await server.printed(/CERTS=(\S+)/);
  assert.equal(certs, join(data, "authority"));
  for (const tool of ["curl", "Node", "Python", ".NET", "Java"])
    assert.match(server.output(), new RegExp(`^  ${tool} +\\S`, "m"));
  const files = {
    ca: join(certs, "ca.crt"),
    cert: join(certs, "client-mesh.crt"),
    key: join(certs, "client-mesh.key"),
  };
  const lookup = "/messageexchange/endpointlookup/X26/TEST_WORKFLOW";
  assert.equal(await getSecurely(url + lookup, files), 200);
  assert.equal(await getSecurely(url + lookup, { ca: files.ca }), 403);
  assert.equal((await fetch(server.url + lookup)).status, 200);

  // As it says itself.
  const [, line = ""] = await server.printed(/^ {2}curl +(.*)$/m);
  const options = line.replaceAll("$CERTS", certs).split(" ");
  const curl = spawnSync("curl", ["--silent", "--fail", "--noproxy", "*", ...options], { encoding: "utf8" });
  if (curl.error === undefined) assert.match(curl.stdout, /"running"/, curl.stderr);
  const script = `const { get } = require("node:https"), { readFileSync } = require("node:fs");
    get(process.argv[1], { cert: readFileSync(process.argv[2]), key: readFileSync(process.argv[3]) }, (answer) => {
      console.log(answer.statusCode);
      answer.resume();
    });`;
  const node = spawnSync(process.execPath, ["-e", script, url + lookup, files.cert, files.key], {
    encoding: "utf8",
    env: { ...process.env, NODE_EXTRA_CA_CERTS: files.ca },
  });
  assert.equal(node.stdout.trim(), "200", node.stderr);

  const before = Object.values(files).map((file) => readFileSync(file, "utf8"));
  const server1 = readFileSync(join(certs, "server-mesh-server.crt"), "utf8");
  await server.end("SIGINT");
  await develop(t, ...words);
  assert.deepEqual(
    Object.values(files).map((file) => readFileSync(file, "utf8")),
    before,
  );
  assert.equal(readFileSync(join(certs, "server-mesh-server.crt"), "utf8"), server1);
});

/** An address of this machine that others reach. */
function outerAddress(): string | undefined {
  return Object.values(networkInterfaces())
    .flat()
    .find((found) => found?.family === "IPv4" && !found.internal)?.address;
}

test("--host 0.0.0.0 serves every address, warns, and asks there for admin's token unless --open-admin", async (t) => {
  const server = await develop(t, "--host", "0.0.0.0");
  assert.match(server.standardError(), /listens at 0\.0\.0\.0: whoever reaches this machine can send and read/);
  assert.match(server.standardOutput(), /Admin .*, for whoever has the token in \S*control-token/);
  const outer = outerAddress();
  const port = new URL(server.url).port;
  if (outer !== undefined) assert.deepEqual(await inboxOf(`http://${outer}:${port}`, "X26ABC1"), []);
  const admin = "/messageexchange/admin/mailbox/X26ABC1";
  assert.equal((await fetch(server.url + admin)).status, 401);
  const [, folder = ""] = await server.printed(/Data +(\S+), removed/);
  const token = readFileSync(join(folder, "server", "control-token"), "utf8").trim();
  assert.equal((await fetch(server.url + admin, { headers: { authorization: `Bearer ${token}` } })).status, 200);
  assert.ok(!server.output().includes(token));

  const open = await develop(t, "--host", "0.0.0.0", "--open-admin");
  assert.match(open.standardError(), /with --open-admin, wipe it/);
  assert.equal((await fetch(open.url + admin)).status, 200);
});

test("--control listens where --host says, for whoever has the token and names a host that is allowed", async (t) => {
  const outer = outerAddress();
  if (outer === undefined) return t.skip("this machine has no address but loopback");
  const data = join(await temporaryFolder(t), "dev");
  const server = await develop(t, "--host", "0.0.0.0", "--control", "0", "--allow-host", outer, "--data", data);
  const [, port = ""] = await server.printed(/Control +http:\S+:(\d+), for whoever has the token/);
  const authorization = `Bearer ${readFileSync(join(data, "server", "control-token"), "utf8").trim()}`;
  assert.equal((await listMailboxes(`http://${outer}:${port}`, { authorization })).status, 200);
  assert.equal((await listMailboxes(`http://${outer}:${port}`, {})).status, 401);
});

function listMailboxes(url: string, headers: Record<string, string>): Promise<Response> {
  return fetch(`${url}/v1/mailboxes/list`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: "{}",
  });
}

test("--control listens on its own port for whoever has the token, and is off unless asked for", async (t) => {
  const data = join(await temporaryFolder(t), "dev");
  const server = await develop(t, "--control", "0", "--data", data);
  const [, url = ""] = await server.printed(/Control +(http:\S+), for whoever has the token/);
  // The words that it suggests are typed as they stand.
  const [, suggested = ""] = await server.printed(
    /What goes wrong: restante (control run .*) \(restante control --help\), or http/,
  );
  const run = await typed([...suggested.split(" "), "--set", "patience=1s"]);
  assert.deepEqual([run.status, /No message came from your client's mailbox/.test(run.complained)], [1, true]);
  const list = (headers: Record<string, string>): Promise<Response> => listMailboxes(url, headers);
  assert.equal((await list({})).status, 401);
  const token = readFileSync(join(data, "server", "control-token"), "utf8").trim();
  if (process.platform !== "win32") assert.equal(statSync(join(data, "server", "control-token")).mode % 0o1000, 0o600);
  assert.equal((await list({ authorization: `Bearer ${token}` })).status, 200);
  await server.end("SIGINT");

  const without = await develop(t, "--data", data);
  assert.doesNotMatch(without.output(), /Control/);
  assert.ok(!existsSync(join(data, "server", "control.json")));
});

const mailboxLine = {
  mailbox_id: "AB12OT001",
  mailbox_name: "ONE",
  ods_code: "AB12",
  password: "secret",
  org_name: "",
};

test("mesh-sandbox's own files of mailboxes and workflows are read, without patients, roles or addresses", async (t) => {
  const folder = await temporaryFolder(t);
  const lines = [mailboxLine, { ...mailboxLine, mailbox_id: "ab12ot002", mailbox_name: "TWO", billing_entity: null }];
  writeFileSync(join(folder, "mailboxes.jsonl"), `${lines.map((line) => JSON.stringify(line)).join("\r\n\n")}\n`);
  writeFileSync(
    join(folder, "workflows.jsonl"),
    `${JSON.stringify({ workflow_id: "OURS ", senders: ["ab12ot001"], receivers: ["AB12OT002", "X26ABC9", ""] })}\n`,
  );
  const server = await develop(
    t,
    "--mailboxes",
    join(folder, "mailboxes.jsonl"),
    "--workflows",
    join(folder, "workflows.jsonl"),
    "--enforce-workflows",
  );
  assert.match(server.output(), /Mailboxes +AB12OT001, ab12ot002\n/);
  assert.doesNotMatch(server.output(), /secret/);
  assert.match(server.standardError(), /workflows\.jsonl:1 names X26ABC9, no mailbox here: passed over/);
  const own = (id: string): Record<string, string> => as(id, { password: "secret" });
  const given = { from: "AB12OT001", to: "AB12OT002", workflow: "OURS" };
  assert.equal((await send(server.url, given, own("AB12OT001"))).status, 202);
  assert.equal((await send(server.url, { ...given, workflow: "OTHER" }, own("AB12OT001"))).status, 417);
  assert.equal((await send(server.url)).status, 403, "the known mailboxes are not there");
  const told = await fetch(`${server.url}/admin/mailbox/AB12OT001`);
  assert.equal(((await told.json()) as { org_name: string }).org_name, "");
});

test("every problem of both files is told at once, by file and line", async (t) => {
  const folder = await temporaryFolder(t);
  const [mailboxes, workflows] = [join(folder, "mailboxes.jsonl"), join(folder, "workflows.jsonl")];
  const lines = [
    JSON.stringify(mailboxLine),
    "{",
    JSON.stringify({ ...mailboxLine, mailbox_id: "not an id!", password: "" }),
    JSON.stringify({ ...mailboxLine, mailbox_nam: "x" }),
    JSON.stringify({ ...mailboxLine, mailbox_id: "ab12ot001" }),
    JSON.stringify({ ...mailboxLine, mailbox_id: "AB12OT009", active: false }),
    JSON.stringify({ first_secret: 1, nothing: null, other_secret: 1, ...mailboxLine, mailbox_id: "AB12OT010" }),
  ];
  writeFileSync(mailboxes, lines.join("\n"));
  writeFileSync(workflows, `[]\n${JSON.stringify({ workflow_id: "A", senders: "AB12OT001" })}\n`);
  const { status, complained } = await typed([
    "server",
    "--dev",
    "--port",
    "0",
    "--mailboxes",
    mailboxes,
    "--workflows",
    workflows,
  ]);
  assert.equal(status, 1);
  const known = "mailbox_id, mailbox_name, ods_code, password, org_code, org_name, billing_entity, active";
  for (const [file, line, words] of [
    [mailboxes, 2, "is not an object of JSON"],
    [mailboxes, 3, "/mailbox_id must be a mailbox id"],
    [mailboxes, 3, "/password is missing"],
    [mailboxes, 4, "has 'mailbox_nam', which is not a property here"],
    [mailboxes, 5, "is of the same mailbox as"],
    [mailboxes, 6, "/active is false"],
    [mailboxes, 7, `has a property that is none of ${known} (property 1 of the line)`],
    [mailboxes, 7, `has a property that is none of ${known} (property 3 of the line)`],
    [workflows, 1, "is not an object of JSON"],
    [workflows, 2, "/senders must be"],
  ] as const) {
    assert.ok(complained.includes(`${file}:${line} ${words}`), `${file}:${line} ${words}\n${complained}`);
  }
  assert.doesNotMatch(complained, /secret/);
});

test("what does not go with --dev, or only with it, is refused before anything is made", async (t) => {
  const data = join(await temporaryFolder(t), "dev");
  for (const [words, says] of [
    [["--dev", "--config", "server.yaml"], /--config is not for --dev/],
    [["--dev", "--print-config"], /--print-config is not for --dev/],
    [["--dev", "--port-base", "9000"], /--port-base is not for --dev/],
    [["--dev", "--patients", "x.json"], /--patients is not for --dev/],
    [["--dev", "--tls-port", "9000"], /--tls-port is of --tls/],
    [["--dev", "--strict-tls"], /--strict-tls is of --tls/],
    [["--tls"], /--tls is of --dev/],
    [["--port", "0"], /--port is of --dev/],
    [["--open-admin"], /--open-admin is of --dev/],
    [["--mailboxes", "m.jsonl"], /--mailboxes is of --dev/],
    [["--dev", "--control", "port"], /--control/],
    [["--dev", "--control", "8700"], /--control 8700 is the port of the MESH API too: choose another with --port/],
    [["--dev", "--tls", "--control", "8701"], /--control 8701 is the port of HTTPS too: choose another with/],
    [["--dev", "--tls", "--port", "9000", "--tls-port", "9000"], /--tls-port 9000 is the port of the MESH API too/],
    [["--allow-host", "mesh"], /--allow-host: it goes with --control/],
    [["--control-token-file", "token"], /--control-token-file: it goes with --control/],
  ] as const) {
    const { status, complained } = await typed(["server", ...words, "--data", data]);
    assert.equal(status, 2, words.join(" "));
    assert.match(complained, says);
  }
  const { status, complained } = await typed(["server", "--config", "server.yaml", "--control", "0"]);
  assert.equal(status, 2);
  assert.match(complained, /--control: it is of development, and --config is of production/);
  assert.ok(!existsSync(data));
});

test("a folder in use, a port in use and a file that is not there are each told with what helps", async (t) => {
  const data = join(await temporaryFolder(t), "dev");
  const first = await develop(t, "--data", data);
  const second = runCommand(["server", "--dev", "--port", "0", "--data", data]);
  assert.equal(await second.ended, 1);
  assert.match(
    second.output(),
    new RegExp(`in use by process ${first.pid}: stop it first, or name another folder with --data`),
  );

  const port = new URL(first.url).port;
  const plain = runCommand(["server", "--dev", "--port", port]);
  assert.equal(await plain.ended, 1);
  assert.match(plain.output(), new RegExp(`port ${port}, for the MESH server, is in use: choose another with --port`));
  const secure = runCommand(["server", "--dev", "--port", "0", "--tls", "--tls-port", port]);
  assert.equal(await secure.ended, 1);
  assert.match(secure.output(), new RegExp(`port ${port}, .* is in use: choose another with --port, --tls-port`));
  const elsewhere = runCommand(["server", "--dev", "--port", "0", "--host", "192.0.2.1"]);
  assert.equal(await elsewhere.ended, 1);
  assert.match(
    elsewhere.output(),
    /192\.0\.2\.1, for the MESH server, is no address of this machine: name one with --host/,
  );

  const gone = await typed(["server", "--dev", "--port", "0", "--mailboxes", join(data, "gone.jsonl")]);
  assert.equal(gone.status, 1);
  assert.match(gone.complained, /gone\.jsonl cannot be read: there is no such file/);
});

test("--dev refuses a folder that was not made for it, and makes nothing there", async (t) => {
  const folder = await temporaryFolder(t);
  const production = join(folder, "production");
  mkdirSync(production);
  writeFileSync(join(production, "store.sqlite"), "letters");
  const nested = join(folder, "nested");
  mkdirSync(join(nested, "server"), { recursive: true });
  writeFileSync(join(nested, "server", "store.sqlite"), "letters");
  const home = join(folder, "home");
  mkdirSync(home);
  writeFileSync(join(home, "thesis.txt"), "mine");
  const economy = join(folder, "economy");
  mkdirSync(economy);
  writeFileSync(join(economy, "setup.json"), "{}");
  const file = join(folder, "file");
  writeFileSync(file, "");
  for (const [data, says] of [
    [production, /was not made by restante server --dev \(it holds 'store\.sqlite'\)/],
    [nested, /was not made for development \(it holds 'store\.sqlite'\)/],
    [home, /it holds 'thesis\.txt'/],
    [economy, /is an economy of restante up: run its server with restante server --data/],
    [file, /is no folder/],
  ] as const) {
    const { status, complained } = await typed(["server", "--dev", "--port", "0", "--data", data]);
    assert.equal(status, 1, data);
    assert.match(complained, says);
  }
  assert.deepEqual(readdirSync(production), ["store.sqlite"]);
  assert.deepEqual(readdirSync(home), ["thesis.txt"]);
  assert.ok(!existsSync(join(nested, "server", "for-development.txt")));
  assert.ok(!existsSync(join(nested, "authority")));
});
