import assert from "node:assert/strict";
import { request } from "node:http";
import { createServer } from "node:https";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { localHosts } from "@restante/authority";
import { testAuthority } from "@restante/testbed";
import { openAccess } from "@restante/web";
import { ask, formOf } from "../../../web/test/http.ts";
import { authenticator, secretOn } from "../../../web/test/access/secure-site.ts";
import { Visitor } from "../../../web/test/access/visitor.ts";
import { atEnd } from "../support/at-end.ts";
import { freePortBase, runCommand, type RunningCommand } from "../support/processes.ts";
import { typed } from "../support/typed.ts";
import { partsFolder, secretFile, writePages } from "./parts-folder.ts";

const phrase = "three blind dormice";

test("a system by its file lets a person whom the command added in over HTTPS, at its address, until they are disabled", async (t) => {
  const home = await partsFolder(t, ["localhost"]);
  const port = await freePortBase();
  const url = `https://localhost:${port}`;
  const { config, user } = await withPages(
    home,
    `  host: 0.0.0.0\n  port: ${port}\n  address: ${url}\n  tls: { key: tls/server.key, cert: tls/server.crt }\n  signIn: { local: true }\n  auditKey: { file: keys/audit.key }\n`,
  );
  await user("add", "amina", "--name", "Amina Patel", "--role", "clinician");
  let system = await start(t, config, url);
  const { caPem: ca } = await testAuthority();
  const amina = new Visitor(url, ca);
  assert.equal((await amina.get("/")).headers["location"], "/sign-in");
  assert.equal((await amina.signIn("amina", "another phrase of hers")).status, 401);
  assert.equal((await amina.signIn("amina", phrase)).status, 303);
  const page = await amina.get("/");
  assert.equal(page.status, 200);
  assert.match(page.text, /Amina Patel/);
  const elsewhere = { host: "rebound.example", cookie: cookiesOf(amina) };
  const connection = { ca, servername: "localhost" };
  assert.equal((await ask(`https://127.0.0.1:${port}/`, { headers: elsewhere, connection })).status, 421);
  assert.equal((await ask(`http://127.0.0.1:${port}/`)).status, 400);

  // A program comes in by its token, at once, until that is revoked.
  const added = await typed(["token", "add", "records", "--role", "read-only", "--config", config]);
  const headers = { authorization: `Bearer ${added.printed.trimEnd()}` };
  const asking = { headers, connection: { ca, servername: "localhost" } };
  const tasks = await ask(`${url}/api/tasks`, asking);
  assert.deepEqual([tasks.status, JSON.parse(tasks.text)], [200, { total: 0, page: 1, size: 50, items: [] }]);
  assert.equal((await ask(`${url}/api/tasks`, { connection: asking.connection })).status, 401);
  assert.equal((await typed(["token", "revoke", "records", "--config", config])).status, 0);
  assert.equal((await ask(`${url}/api/tasks`, asking)).status, 401);

  // Started again, it knows her still; and nobody whom another process has put out meanwhile.
  assert.equal(await system.end("SIGTERM"), 0);
  system = await start(t, config, url);
  assert.equal((await amina.get("/")).status, 200);
  await user("disable", "amina");
  assert.equal((await amina.get("/")).status, 303);
  assert.equal((await amina.signIn("amina", phrase)).status, 401);
  assert.equal(await system.end("SIGTERM"), 0);

  using access = await openAccess({
    folder: join(home, "practice-data"),
    auditKeyFile: join(home, "keys/audit.key"),
  });
  const acts = access.audit.find({ limit: 100 }).rows.map(({ act, outcome }) => `${act} ${outcome}`);
  for (const told of [
    "add-user done",
    "sign-in refused",
    "sign-in done",
    "list done",
    "change-user done",
    "add-token done",
    "revoke-token done",
  ])
    assert.ok(acts.includes(told), `${told}: ${acts.join(", ")}`);
  assert.deepEqual((await access.audit.verify()).problems, []);
});

test("behind a proxy that speaks HTTPS a person signs in by it, and nobody past it", async (t) => {
  const home = await partsFolder(t, ["localhost"]);
  const port = await freePortBase();
  const url = `https://localhost:${port + 1}`;
  const { config, user } = await withPages(
    home,
    `  port: ${port}\n  address: ${url}\n  proxy: { trusted: [127.0.0.1] }\n  signIn: { local: true }\n`,
  );
  await user("add", "amina", "--role", "read-only");
  await openProxy(t, { from: port + 1, to: port });
  const system = await start(t, config, url);
  const { caPem: ca } = await testAuthority();
  const amina = new Visitor(url, ca);
  assert.equal((await amina.signIn("amina", phrase)).status, 303);
  assert.equal((await amina.get("/")).status, 200);
  const own = { host: `localhost:${port + 1}`, cookie: cookiesOf(amina) };
  assert.equal((await ask(`http://127.0.0.1:${port}/`, { headers: own })).status, 403);
  const claimed = { ...own, "x-forwarded-proto": "https", "x-forwarded-for": "127.0.0.1" };
  const connection = { localAddress: "127.0.0.9" };
  assert.equal((await ask(`http://127.0.0.1:${port}/`, { headers: claimed, connection })).status, 403);
  assert.match(system.output(), /its pages were not shown to 127\.0\.0\.9, for the first time/);
  assert.equal(await system.end("SIGTERM"), 0);
  using access = await openAccess({ folder: join(home, "practice-data") });
  const signedIn = access.audit.find({ act: "sign-in", limit: 9 }).rows.find(({ outcome }) => outcome === "done");
  assert.equal(signedIn?.source, "127.0.0.1");
});

test("a system that comes to require a second factor has whoever has none set one up, also who is signed in", async (t) => {
  const home = await partsFolder(t, ["localhost"]);
  const port = await freePortBase();
  const url = `https://localhost:${port}`;
  const pages = (signIn: string): string =>
    `  port: ${port}\n  address: ${url}\n  tls: { key: tls/server.key, cert: tls/server.crt }\n  signIn: { local: true${signIn} }\n`;
  const { config, user } = await withPages(home, pages(""));
  await user("add", "amina", "--role", "administrator");
  const optional = await typed(["practice", "--config", config, "--print-config"]);
  assert.match(optional.printed, /\n {4}secondFactor: optional\n/);
  let system = await start(t, config, url);
  const { caPem: ca } = await testAuthority();
  const amina = new Visitor(url, ca);
  assert.equal((await amina.signIn("amina", phrase)).status, 303);
  assert.equal((await amina.get("/")).status, 200);
  assert.equal(await system.end("SIGTERM"), 0);

  await writePages(home, pages(", secondFactor: required"));
  system = await start(t, config, url);
  const list = ["user", "list", "--config", config];
  assert.match((await typed(list)).printed, /password, no second factor yet\n$/);
  assert.equal((await amina.get("/")).headers["location"], "/account");
  const begun = await amina.fill("/account", "/account/second-factor", { password: phrase });
  const code = authenticator(secretOn(begun.text), { now: () => new Date() });
  const confirm = "/account/second-factor/confirm";
  const done = await amina.post(confirm, { ...formOf(begun.text, confirm), code: code() });
  assert.deepEqual([done.status, done.headers["location"]], [303, "/"]);
  assert.equal((await amina.get("/")).status, 200);
  assert.match((await typed(list)).printed, /password, second factor\n$/);
  const removed = await typed(["user", "second-factor", "remove", "amina", "--config", config]);
  assert.equal(removed.printed, "amina has no second factor, and sets one up before anything else\n");
  assert.equal((await amina.get("/")).headers["location"], "/account");
  assert.equal(await system.end("SIGTERM"), 0);
});

async function withPages(
  home: string,
  pages: string,
): Promise<{ config: string; user: (verb: string, name: string, ...options: string[]) => Promise<void> }> {
  const config = await writePages(home, pages);
  const passwordFile = await secretFile(home, "password", phrase);
  return {
    config,
    async user(verb, name, ...options) {
      const secret = verb === "add" ? ["--password-file", passwordFile] : [];
      const command = runCommand(["user", verb, name, ...options, ...secret, "--config", config]);
      assert.equal(await command.ended, 0, command.output());
    },
  };
}

async function start(t: TestContext, config: string, url: string): Promise<RunningCommand> {
  const system = runCommand(["practice", "--config", config]);
  atEnd(t, () => system.end("SIGKILL"));
  const [, at] = await system.printed(/Worklist of .* at (\S+)/);
  assert.equal(at, url);
  return system;
}

/** As nginx does by the settings of the guide. */
async function openProxy(t: TestContext, { from, to }: { from: number; to: number }): Promise<void> {
  const { key, cert } = await (await testAuthority()).issue({ commonName: "proxy", hosts: localHosts, kind: "server" });
  const proxy = createServer({ key, cert }, (asked, answer) => {
    const headers = {
      ...asked.headers,
      "x-forwarded-for": String(asked.socket.remoteAddress).replace("::1", "127.0.0.1"),
      "x-forwarded-proto": "https",
    };
    const { method, url: path } = asked;
    const passed = request({ host: "127.0.0.1", port: to, method, path, headers, agent: false }, (response) => {
      answer.writeHead(response.statusCode ?? 500, response.headers);
      response.pipe(answer);
    });
    asked.pipe(passed);
  });
  await new Promise<void>((resolve) => proxy.listen(from, "127.0.0.1", resolve));
  atEnd(t, () => proxy.close());
}

function cookiesOf({ cookies }: Visitor): string {
  return [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
}
