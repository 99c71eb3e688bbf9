import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { SettingsError } from "@restante/settings";
import { recordEvents, startTestServer, testMailboxes } from "@restante/testbed";
import { startConnectProxy } from "../../../mesh-client/test/proxy/connect-proxy.ts";
import { clientPart } from "../../src/config/client-file.ts";
import { practicePart } from "../../src/config/practice-file.ts";
import { printedConfig } from "../../src/config/print-config.ts";
import { readPart } from "../../src/config/read-part.ts";
import { startClients } from "../../src/config/start-client.ts";
import { environment, partsFolder, secretFile } from "./parts-folder.ts";

test("clients whose settings name a proxy carry their folders through it, and sign in with what a file holds", async (t) => {
  const server = await startTestServer(t);
  const proxy = await startConnectProxy(t, { signIn: "restante:proxy-password" });
  const folder = await partsFolder(t);
  await secretFile(folder, "proxy", "proxy-password\n");
  await secretFile(folder, "key", server.config.sharedKey);
  const passwords = server.config.mailboxes.map(({ mailboxId, password }) => [mailboxId, password]);
  await secretFile(folder, "passwords.json", JSON.stringify(Object.fromEntries(passwords)));
  const file = join(folder, "client.yaml");
  const mailboxes = [testMailboxes.sender, testMailboxes.practice].map((mailboxId) => ({
    mailboxId,
    password: { file: "secrets/passwords.json", pointer: `/${mailboxId}` },
    folder: `mesh/${mailboxId}`,
  }));
  await writeFile(
    file,
    `url: ${server.url}
sharedKey: { file: secrets/key }
proxy: { url: "${proxy.url}", username: restante, password: { file: secrets/proxy } }
timeouts: { connectMs: 10000 }
connectionsInAll: 3
tls: { key: tls/client.key, cert: tls/client.crt, ca: tls/ca.crt }
mailboxes: ${JSON.stringify(mailboxes)}
`,
  );
  const settings = readPart(clientPart, file, { environment: {} });
  assert.doesNotMatch(printedConfig(clientPart, settings), /proxy-password/);
  const events = recordEvents();
  await using closing = new AsyncDisposableStack();
  const onLost = (error: Error): void => assert.fail(error);
  const clients = await startClients(settings, { emit: events.emit, closing, onLost });
  for (const client of clients) assert.equal((await client.pollOnce()).error, undefined);
  assert.equal(clients.length, 2);
  const asked = new Set(proxy.asked.map((head) => head.split("\r\n")[0]));
  assert.deepEqual([...asked], [`CONNECT ${new URL(server.url).host} HTTP/1.1`]);
  assert.doesNotMatch(JSON.stringify(events.all), /proxy-password/);
});

test("settings of a proxy that cannot be meant are refused, each in words of its own, and no password is repeated", async (t) => {
  const folder = await partsFolder(t);
  const file = join(folder, "client.yaml");
  const text = await readFile(file, "utf8");
  const password = "password: { env: PROXY_PASSWORD }";
  for (const [written, words] of [
    ["{}", 'must have either "url" or "from"'],
    ["environment", "must say which proxy, { url: http://HOST:PORT } or { from: environment }"],
    ["{ url: http://proxy:1, from: environment }", 'must have either "url" or "from"'],
    ["{ url: https://proxy:1 }", "must be the address of an HTTP proxy"],
    ["{ url: http://user:secret@proxy:1 }", "must be the address of an HTTP proxy"],
    ["{ url: http://proxy:1/path }", "must be the address of an HTTP proxy"],
    ["{ url: http://proxy:1, username: user }", 'must have "password" with "username"'],
    [`{ url: http://proxy:1, ${password} }`, 'must have "username" with "password"'],
    [`{ from: environment, username: user, ${password} }`, 'must have "url" with "username"'],
    [`{ url: http://proxy:1, username: user, password: secret }`, "must say where the secret is"],
    [`{ url: http://proxy:1, username: user, ${password} }`, "names an environment variable that is not set"],
  ] as const) {
    await writeFile(file, `${text}proxy: ${written}\n`);
    assert.throws(
      () => readPart(clientPart, file, { environment }),
      (error) => {
        assert.ok(error instanceof SettingsError, String(error));
        assert.ok(error.message.includes(words), `${written}: ${error.message}`);
        assert.doesNotMatch(error.message, /secret@|user:secret/);
        return true;
      },
      written,
    );
  }
  await writeFile(file, `${text}proxy: { from: environment }\n`);
  assert.deepEqual(readPart(clientPart, file, { environment }).file.proxy, { from: "environment" });
});

test("the password of a practice's proxy is a secret of its settings too", () => {
  assert.ok(practicePart.secrets.includes("/transports/*/proxy/password"));
});
