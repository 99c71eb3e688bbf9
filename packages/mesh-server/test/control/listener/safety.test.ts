// Who may ask control, over a real port and a real socket.

import assert from "node:assert/strict";
import { once } from "node:events";
import { chmod, mkdir, readdir, readFile, rename, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { type AddressInfo, connect, createServer as createRawServer } from "node:net";
import { join } from "node:path";
import { test } from "node:test";

import { errorStatuses } from "@restante/control";
import { DurableError } from "@restante/durable";
import { createMeshServer } from "@restante/mesh-server";
import { temporaryFolder } from "@restante/testbed";

import { answerUnreadable } from "../../../src/control/listener/answers.ts";
import { ask, recipient, send, startDevelopment } from "../development.ts";
import { rawRequest } from "./raw-request.ts";

const json = { "content-type": "application/json" };

test("without the token, or with another, nothing is answered but the page, and it is told, not each time", async (t) => {
  const { server, events } = await startDevelopment(t, { control: { port: 0, socket: true } });
  assert.match(server.controlUrl!, /^http:\/\/127\.0\.0\.1:\d+$/);
  const token = server.controlToken!;
  for (const at of [{ url: server.controlUrl! }, { socket: server.controlSocket! }]) {
    for (const authorization of [
      "",
      "Bearer",
      "Bearer ",
      `Basic ${token}`,
      `Bearer ${token}x`,
      `Bearer ${token.slice(1)}`,
    ]) {
      for (const path of ["/v1/clock/read", "/v1/messages/list", "/v1/events", "/v1/openapi.json", "/v1/none"]) {
        const answer = await rawRequest(at, path, {
          method: path.includes("/read") ? "POST" : "GET",
          headers: { authorization },
        });
        assert.deepEqual([answer.status, answer.json.error?.code], [401, "not-allowed"], `${authorization} ${path}`);
        assert.equal(answer.headers["www-authenticate"], "Bearer");
      }
    }
    const page = await rawRequest(at, "/", { method: "GET" });
    assert.equal(page.status, 200);
    assert.match(String(page.headers["content-security-policy"]), /default-src 'none'/);
    assert.equal(page.headers["x-content-type-options"], "nosniff");
    assert.doesNotMatch(page.body, new RegExp(token));
    const read = await rawRequest(at, "/v1/clock/read", { headers: { authorization: `bearer ${token}` } });
    assert.equal(read.status, 200);
    assert.equal(read.json["ahead"], "0s");
    const described = await rawRequest(at, "/v1/openapi.json", {
      method: "GET",
      headers: { authorization: `Bearer ${token}` },
    });
    assert.equal(described.json["openapi"], "3.1.0");
  }
  const told = events.of("request-refused");
  assert.ok(told.length < 20, String(told.length));
  assert.deepEqual([told[0]?.status, told[0]?.code], [401, "not-allowed"]);
  assert.doesNotMatch(JSON.stringify(events.all), new RegExp(token));
});

test("a Host that is neither loopback nor allowed is refused with the right token too, and so is any Origin but its own", async (t) => {
  const { server } = await startDevelopment(t, { control: { port: 0, allowHosts: ["mesh.test"] } });
  const at = { url: server.controlUrl! };
  const { host: own, port } = new URL(at.url);
  const statusOf = async (headers: Record<string, string>, path = "/v1/clock/read"): Promise<number> => {
    const all = { authorization: `Bearer ${server.controlToken!}`, ...headers };
    const answer = await rawRequest(at, path, { headers: all, method: path === "/" ? "GET" : "POST" });
    assert.equal(answer.headers["access-control-allow-origin"], undefined);
    return answer.status;
  };
  for (const host of [own, `localhost:${port}`, `[::1]:${port}`, "127.0.0.2", "mesh.test", `MESH.test:${port}`]) {
    assert.equal(await statusOf({ host }), 200, host);
    assert.equal(await statusOf({ host, origin: `http://${host}` }), 200, host);
  }
  for (const host of ["attacker.test", `127.0.0.1.attacker.test:${port}`, "mesh.test.attacker.test", "10.0.0.1"]) {
    assert.equal(await statusOf({ host }), 403, host);
    assert.equal(await statusOf({ host }, "/"), 403, host);
  }
  for (const origin of ["http://attacker.test", `https://${own}`, "null", `http://127.0.0.1:${Number(port) + 1}`, ""]) {
    assert.equal(await statusOf({ host: own, origin }), 403, origin);
  }
});

test("the MESH paths take any Host, and have nothing of control; nor has control anything of MESH", async (t) => {
  const development = await startDevelopment(t, { control: { port: 0 } });
  const { server } = development;
  const headers = { host: "mesh.example", authorization: `Bearer ${server.controlToken!}`, ...json };
  assert.equal((await rawRequest({ url: server.plainUrl! }, "/health", { method: "GET", headers })).status, 200);
  for (const path of ["/v1/clock/read", "/v1/openapi.json", "/"]) {
    assert.equal((await rawRequest({ url: server.plainUrl! }, path, { headers, body: "{}" })).status, 404);
  }
  const here = { ...headers, host: new URL(server.controlUrl!).host };
  for (const path of ["/health", `/messageexchange/${recipient}`, "/v1", "/v1/messages"]) {
    assert.equal((await rawRequest({ url: server.controlUrl! }, path, { method: "GET", headers: here })).status, 404);
  }
  assert.equal((await ask(development, recipient, "inbox")).status, 200);
});

test("what is no input is refused in the same shape: another type, no JSON, too large, too many headers, another method", async (t) => {
  const { server } = await startDevelopment(t, { control: { port: 0 } });
  const at = { url: server.controlUrl! };
  const headers = { authorization: `Bearer ${server.controlToken!}` };
  const refused = async (path: string, request: Parameters<typeof rawRequest>[2], status: number): Promise<string> => {
    const answer = await rawRequest(at, path, { ...request, headers: { ...headers, ...request?.headers } });
    assert.deepEqual([answer.status, answer.json.error?.code], [status, "input-invalid"]);
    return answer.json.error!.message;
  };
  await refused("/v1/messages/list", { body: "mailbox=X", headers: { "content-type": "text/plain" } }, 415);
  assert.equal(await refused("/v1/messages/list", { body: "{secret", headers: json }, 400), "The body is not JSON.");
  assert.match(await refused("/v1/messages/list", { body: '{"mailboxx":"A"}', headers: json }, 400), /mailboxx/);
  await refused("/v1/messages/list", { body: "[]", headers: json }, 400);
  await refused("/v1/messages/list", { body: '{"limit":"many"}', headers: json }, 400);
  await refused("/v1/messages/list", { body: `"${"x".repeat(300_000)}"`, headers: json }, 413);
  await refused("/v1/messages/list", { method: "GET" }, 405);
  await refused("/v1/messages/lists", { body: "{}", headers: json }, 404);
  const large = await rawRequest(at, "/v1/clock/read", { headers: { ...headers, "x-large": "x".repeat(17_000) } });
  assert.equal(large.status, 431);
  const inject = { mailbox: recipient, workflowId: "W", body: Buffer.alloc(9_000_000).toString("base64") };
  const injected = await rawRequest(at, "/v1/messages/inject", {
    headers: { ...headers, ...json },
    body: JSON.stringify(inject),
  });
  assert.equal(injected.status, 200);
  const unknown = await rawRequest(at, "/v1/messages/peek", {
    headers: { ...headers, ...json },
    body: '{"messageId":"X"}',
  });
  assert.deepEqual([unknown.status, unknown.json.error?.code], [errorStatuses["message-unknown"], "message-unknown"]);
});

test("a token is made once, for its owner alone; one that others may read is refused, and so the server does not start", async (t) => {
  const dataFolder = await temporaryFolder(t);
  const development = await startDevelopment(t, { dataFolder, control: { port: 0 } });
  const place = JSON.parse(await readFile(join(dataFolder, "control.json"), "utf8")) as Record<string, unknown>;
  assert.equal(place["url"], development.server.controlUrl);
  assert.equal(place["pid"], process.pid);
  const file = place["tokenFile"] as string;
  const token = (await readFile(file, "utf8")).trim();
  assert.equal(token, development.server.controlToken);
  assert.ok(token.length >= 32);
  for (const name of [file, join(dataFolder, "control.json")]) {
    assert.equal(((await stat(name)).mode & 0o777).toString(8), "600");
  }
  await development.restart();
  assert.equal(development.server.controlToken, token);
  await development.server.close();
  assert.ok(!(await readdir(dataFolder)).includes("control.json"));
  const folder = join(await temporaryFolder(t), "open");
  await mkdir(folder);
  await chmod(folder, 0o755);
  const open = join(folder, "token");
  await writeFile(open, "known to others\n");
  await chmod(open, 0o644);
  const refused = startDevelopment(t, { dataFolder, control: { port: 0, tokenFile: open } });
  await assert.rejects(refused, (error) => error instanceof DurableError && error.code === "not-private");
  // And what was begun was ended: the folder is free.
  await startDevelopment(t, { dataFolder });
});

test("a socket is its owner's alone, replaces one that was left behind, and is gone at the end", async (t) => {
  const dataFolder = await temporaryFolder(t);
  const first = await startDevelopment(t, { dataFolder });
  await first.server.close();
  const path = join(dataFolder, "control.sock");
  // A socket that nobody listens at any more, as kill -9 leaves it.
  const dead = createServer().listen(`${path}.dead`);
  await once(dead, "listening");
  await rename(`${path}.dead`, path);
  dead.close();
  const { server } = await startDevelopment(t, { dataFolder, control: { socket: true } });
  assert.deepEqual([server.controlSocket, server.controlUrl], [path, undefined]);
  assert.equal(((await stat(path)).mode & 0o777).toString(8), "600");
  const headers = { authorization: `Bearer ${server.controlToken!}` };
  assert.equal((await rawRequest({ socket: path }, "/v1/clock/read", { headers })).status, 200);
  await server.close();
  const left = await readdir(dataFolder);
  assert.ok(!left.includes("control.sock") && !left.includes("control.json"), left.join());
  await writeFile(path, "something else");
  const refused = startDevelopment(t, { dataFolder, control: { socket: true } });
  await assert.rejects(refused, (error) => error instanceof DurableError && error.message.includes("no socket"));
});

test("a socket whose path is too long for one is refused in words", async (t) => {
  const dataFolder = join(await temporaryFolder(t), "long".repeat(25));
  const refused = startDevelopment(t, { dataFolder, control: { socket: true } });
  await assert.rejects(refused, (error) => error instanceof DurableError && /at most 103 bytes/.test(error.message));
});

test("listening at every address, it is reached at loopback, and elsewhere by names that were allowed", async (t) => {
  const { server } = await startDevelopment(t, {
    control: { host: "0.0.0.0", port: 0, allowHosts: ["mesh-server"] },
  });
  assert.match(server.controlUrl!, /^http:\/\/127\.0\.0\.1:\d+$/);
  const headers = { authorization: `Bearer ${server.controlToken!}` };
  const statusOf = async (host: string): Promise<number> =>
    (await rawRequest({ url: server.controlUrl! }, "/v1/clock/read", { headers: { ...headers, host } })).status;
  assert.deepEqual([await statusOf("mesh-server:8701"), await statusOf("0.0.0.0:8701")], [200, 403]);
});

test("nothing listens for control unless it is asked for, nor does a server in production", async (t) => {
  const development = await startDevelopment(t);
  assert.deepEqual(
    [development.server.controlUrl, development.server.controlSocket, development.server.controlToken],
    [undefined, undefined, undefined],
  );
  const files = await readdir(development.config.dataFolder);
  assert.deepEqual(
    files.filter((name) => name.startsWith("control")),
    [],
  );
  await send(development);
  assert.equal((await development.server.control.messages.list()).messages.length, 1);
  assert.ok(!("control" in createMeshServer));
});

test("what is not HTTP is answered in its place, and a connection that says nothing is not waited for at the end", async (t) => {
  const { server } = await startDevelopment(t, { control: { port: 0 } });
  const socket = connect(Number(new URL(server.controlUrl!).port), "127.0.0.1");
  socket.write("NOT HTTP\r\n\r\n");
  let text = "";
  for await (const piece of socket) text += String(piece);
  assert.match(text, /^HTTP\/1\.1 400 .*\{"error":\{"code":"input-invalid"/s);
  const silent = connect(Number(new URL(server.controlUrl!).port), "127.0.0.1");
  silent.on("error", () => undefined);
  await once(silent, "connect");
  await server.close();
});

test("a request that is too slow is told so, and not that it is no HTTP", async (t) => {
  const server = createRawServer((socket) => {
    answerUnreadable(Object.assign(new Error("slow"), { code: "ERR_HTTP_REQUEST_TIMEOUT" }), socket);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  t.after(() => server.close());
  let text = "";
  for await (const piece of connect((server.address() as AddressInfo).port, "127.0.0.1")) text += String(piece);
  assert.match(text, /^HTTP\/1\.1 408 .*"The request did not come to its end in time\."/s);
});
