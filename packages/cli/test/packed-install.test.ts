import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { copyFile, mkdtemp, readdir, readFile, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { createToken } from "@restante/mesh";
import { follow } from "./support/processes.ts";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../../..", import.meta.url));
const MINUTE = 60_000;

let folder: string;
let bin: string;

/**
 * The environment of a machine that has Node.js and npm, and none of this workspace. What Node.js trusts stays: without the
 * authority of its registry npm asks three times for what it has not kept, for minutes.
 */
function outside(): NodeJS.ProcessEnv {
  const path = (process.env["PATH"] ?? "").split(delimiter).filter((entry) => !entry.includes("node_modules"));
  const kept = Object.entries(process.env).filter(([name]) => !/^(?:npm_|NODE_(?!EXTRA_CA_CERTS$))/.test(name));
  return { ...Object.fromEntries(kept), PATH: [dirname(process.execPath), ...path].join(delimiter) };
}

before(
  async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), "restante-packed-")));
    const tarballs = join(folder, "tarballs");
    const home = join(folder, "home");
    await run("mkdir", [tarballs, home]);
    await run(process.execPath, ["scripts/build.ts"], { cwd: root });
    const packages = (await readdir(join(root, "packages"))).filter((name) => name !== "testbed");
    await run(
      "npm",
      ["pack", "--silent", "--pack-destination", tarballs, ...packages.map((name) => `./packages/${name}`)],
      { cwd: root, env: outside() },
    );
    await writeFile(join(home, "package.json"), `{ "name": "home", "private": true, "type": "module" }`);
    const files = (await readdir(tarballs)).map((name) => join(tarballs, name));
    await run("npm", ["install", "--prefer-offline", "--no-audit", "--no-fund", "--loglevel=error", ...files], {
      cwd: home,
      env: outside(),
    });
    bin = join(home, "node_modules", ".bin", "restante");
  },
  { timeout: 5 * MINUTE }, // a registry can be slow
);

after(() => rm(folder, { recursive: true, force: true }));

test("the packed packages, installed in an empty folder, run both journeys", { timeout: 2 * MINUTE }, async () => {
  const data = join(folder, "data");
  const command = follow(
    spawn(bin, ["up", "--data", data, "--port-base", "0"], { env: outside(), stdio: ["ignore", "pipe", "pipe"] }),
  );
  await command.printed(/^Running\./m);
  assert.equal(command.output().match(/Delivered and acknowledged/g)?.length, 2, command.output());
  await readPages(/(http:\/\/127\.0\.0\.1:\d+) .*\(Y99002, practice/.exec(command.output())?.[1] ?? "");
  assert.equal(await command.end("SIGINT"), 0);
});

/** The practice's pages, with every style and script that they ask for: none of it is left behind in the checkout. */
async function readPages(url: string): Promise<void> {
  const asked = new Set(["/assets/pdfjs/pdf.worker.min.mjs", "/assets/nhsuk/nhsuk-frontend.min.js"]);
  for (const path of ["/", "/tasks/1", "/reports", "/unmatched"]) {
    const page = await fetch(url + path);
    const text = await page.text();
    assert.equal(page.status, 200, text);
    for (const [, asset = ""] of text.matchAll(/(?:href|src)="(\/assets\/[^"]+)"/g)) asked.add(asset);
  }
  assert.ok(asked.size > 7, [...asked].join());
  for (const asset of asked) assert.equal((await fetch(url + asset)).status, 200, asset);
}

test("the settings that they started from name a schema that was installed with them", async () => {
  const [first = ""] = (await readFile(join(folder, "data", "config", "server.yaml"), "utf8")).split("\n");
  const [, schema = ""] = /\$schema=(.*)$/.exec(first) ?? [];
  assert.ok(schema.startsWith(join(folder, "home", "node_modules")), schema);
  assert.match(await readFile(schema, "utf8"), /"\$id": "urn:restante:schema:server:1"/);
});

test("a server for development of theirs has control's page, and runs a scenario that came with them", async () => {
  const data = join(folder, "development");
  const words = ["server", "--dev", "--port", "0", "--control", "0", "--data", data];
  const server = follow(spawn(bin, words, { env: outside(), stdio: ["ignore", "pipe", "pipe"] }));
  const [, api = ""] = await server.printed(/MESH API +(\S+)/);
  const [, control = ""] = await server.printed(/Control +(http:\S+),/);
  const page = new Set(["/", "/page.css"]);
  for (const path of page) {
    const file = await fetch(control + path);
    const text = await file.text();
    assert.equal(file.status, 200, path);
    for (const [, script = ""] of text.matchAll(/(?:src="|from "\.)(\/\w+\.js)"/g)) page.add(script);
  }
  assert.ok(page.size > 5, [...page].join());
  const set = ["--set", "patience=30s", "--set", "quiet=100ms"];
  const scenario = follow(
    spawn(bin, ["control", "run", "lost-answer", "--data", data, ...set], {
      env: outside(),
      stdio: ["ignore", "pipe", "pipe"],
    }),
  );
  await scenario.printed(/Send one message from X26ABC1/);
  const secrets = { password: "password", sharedKey: "TestKey" };
  const token = createToken({ mailboxId: "X26ABC1", ...secrets, nonce: randomUUID(), nonceCount: 0, now: new Date() });
  const headers = { authorization: token, "mex-to": "X26ABC2", "mex-workflowid": "TEST_WORKFLOW" };
  await assert.rejects(fetch(`${api}/X26ABC1/outbox`, { method: "POST", headers, body: "Dear colleague" }));
  assert.equal(await scenario.ended, 0, scenario.output());
  assert.match(scenario.output(), /^Passed, in /m);
  assert.equal(await server.end("SIGINT"), 0, server.output());
});

test("a program in that folder starts a server with the library, sends one message and reads it back", async () => {
  const program = join(folder, "home", "round-trip.js");
  await writeFile(
    program,
    `import { createMeshServer } from "@restante/mesh-server";
     import { createMeshClient } from "@restante/mesh-client";
     import { parseMailboxId } from "@restante/mesh";
     import { createLocalAuthority, localHosts } from "@restante/authority";

     const authority = await createLocalAuthority("authority");
     const server = await createMeshServer({
       host: "127.0.0.1", port: 0, dataFolder: "server", sharedKey: "key",
       tls: { ...(await authority.issue({ commonName: "server", hosts: localHosts, kind: "server" })), ca: authority.caPem },
       mailboxes: [{ mailboxId: parseMailboxId("HOME1"), name: "Home", odsCode: "HOME", password: "secret" }],
       workflows: [{ workflowId: "NOTE", senders: ["HOME1"], receivers: ["HOME1"] }],
     }, { demographics: { find: async () => undefined } });
     const client = createMeshClient({
       url: server.url, mailboxId: parseMailboxId("HOME1"), password: "secret", sharedKey: "key",
       tls: { ...(await authority.issue({ commonName: "home", kind: "client" })), ca: authority.caPem },
     });
     const { messageId } = await client.send({ to: "HOME1", workflowId: "NOTE", body: Buffer.from("to be called for") });
     const { body } = await client.download(messageId);
     console.log((await body.toArray()).join(""));
     await client[Symbol.asyncDispose]();
     await server[Symbol.asyncDispose]();`,
  );
  const { stdout } = await run(process.execPath, [program], { cwd: dirname(program), env: outside() });
  assert.equal(stdout.trim(), "to be called for");
});

/** Of ours: what a test of a supplier installs with the testkit, and no more. */
const ofTestkit = [
  "authority",
  "control",
  "demographics",
  "durable",
  "mesh",
  "mesh-client",
  "mesh-server",
  "settings",
  "testkit",
];
const examples = join(root, "packages/testkit/examples");
const runners = {
  "node-test": ["--test", "node-test/my-client.test.js"],
  vitest: [join(examples, "node_modules/vitest/vitest.mjs"), "run", "--dir", "vitest"],
  jest: ["--experimental-vm-modules", join(examples, "node_modules/jest/bin/jest.js"), "--rootDir", "jest"],
} as const;

test(
  "the testkit is installed with nothing of itk3, practices and pages, and tests a client",
  { timeout: 5 * MINUTE },
  async (t) => {
    const supplier = join(folder, "supplier");
    await run("mkdir", ["-p", ...Object.keys(runners).map((name) => join(supplier, name))]);
    await writeFile(join(supplier, "package.json"), `{ "name": "supplier", "private": true, "type": "module" }`);
    const files = ofTestkit.map((name) => join(folder, "tarballs", `restante-${name}-0.1.0.tgz`));
    await run("npm", ["install", "--prefer-offline", "--no-audit", "--no-fund", "--loglevel=error", ...files], {
      cwd: supplier,
      env: outside(),
    });
    assert.deepEqual(await readdir(join(supplier, "node_modules/@restante")), ofTestkit);
    const installed = await readdir(join(supplier, "node_modules"));
    for (const name of ["nunjucks", "nhsuk-frontend", "pdfkit", "pdfjs-dist", "restante"])
      assert.ok(!installed.includes(name), name);

    await copyFile(join(examples, "my-client.js"), join(supplier, "my-client.js"));
    // Beside what the supplier has installed, as if it were: found where packages are looked for next.
    if (existsSync(join(examples, "node_modules")))
      await symlink(join(examples, "node_modules"), join(folder, "node_modules"));
    for (const [name, words] of Object.entries(runners)) {
      await copyFile(join(examples, name, "my-client.test.js"), join(supplier, name, "my-client.test.js"));
      const missing = name !== "node-test" && !existsSync(words.find((word) => word.startsWith(examples)) ?? "");
      const skip = missing ? "npm --prefix packages/testkit/examples ci was not run" : false;
      await t.test(`the example of ${name} passes`, { skip }, async () => {
        const { stdout, stderr } = await run(process.execPath, [...words], {
          cwd: supplier,
          env: { ...outside(), CI: "1" },
        });
        assert.match(stdout + stderr, /3 passed|pass 3/);
      });
    }
  },
);

test("the installed testkit starts a server in a process of its own, keeps its compiled code, and starts it again after kill -9", async () => {
  const supplier = join(folder, "supplier");
  const program = join(supplier, "killed.js");
  await writeFile(
    program,
    `import { startServer } from "@restante/testkit";
     await using server = await startServer({ process: true, tls: true });
     await server.client("X26ABC1").send({ to: "X26ABC2", workflowId: "TEST_WORKFLOW", body: "kept over a kill" });
     await server.kill();
     await server.start();
     const { messageId } = await server.waitForMessage({ mailbox: "X26ABC2" });
     console.log((await server.messages.peek({ messageId })).text);`,
  );
  const { stdout } = await run(process.execPath, [program], { cwd: supplier, env: outside() });
  assert.equal(stdout.trim(), "kept over a kill");
  const kept = await readdir(join(supplier, "node_modules/.cache/restante-testkit"));
  assert.deepEqual(kept, ["authority", "compiled"]);
});

test("the installed bin says in one line what it needs on a Node.js that is too old", async () => {
  const asOld = join(folder, "home", "as-old.cjs");
  await writeFile(asOld, `Object.defineProperty(process.versions, "node", { value: "20.20.2" });`);
  const command = follow(
    spawn(process.execPath, ["--require", asOld, bin, "--version"], {
      env: outside(),
      stdio: ["ignore", "pipe", "pipe"],
    }),
  );
  assert.equal(await command.ended, 1);
  assert.match(command.output(), /^restante: needs Node\.js 24\.11 or later; this is 20\.20\.2\.$/m);
});
