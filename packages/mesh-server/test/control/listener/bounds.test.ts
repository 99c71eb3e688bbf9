// What bounds the listener: how much is asked of it at once, and readers that do not read.

import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";

import { type Control, type ControlEvent, STILL_HERE } from "@restante/control";
import { systemClock } from "@restante/mesh";
import { temporaryFolder, waitFor } from "@restante/testbed";

import { type Listener, openListener } from "../../../src/control/listener/listener.ts";
import { startDevelopment } from "../development.ts";
import { rawRequest } from "./raw-request.ts";

test("so many requests at once are served and no more; those that end make room", async (t) => {
  const { server } = await startDevelopment(t, { control: { port: 0 } });
  const at = { url: server.controlUrl! };
  const headers = { authorization: `Bearer ${server.controlToken!}`, "content-type": "application/json" };
  const socket = connect(Number(new URL(at.url).port), "127.0.0.1");
  socket.on("error", () => undefined);
  await once(socket, "connect");
  const body = JSON.stringify({ code: "99", within: "10m" });
  const head = `POST /v1/messages/wait HTTP/1.1\r\nhost: localhost\r\nauthorization: ${headers.authorization}\r\n`;
  // One after the other on one connection: the answers stand in a line behind the first, which waits.
  socket.write(`${head}content-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`.repeat(1200));
  const full = await waitFor(async () => {
    const answer = await rawRequest(at, "/v1/clock/read", { headers });
    return answer.status === 503 ? answer : undefined;
  });
  assert.equal(full.json.error?.code, "not-possible");
  assert.equal(full.headers["retry-after"], "1");
  socket.destroy();
  await waitFor(async () => (await rawRequest(at, "/v1/clock/read", { headers })).status === 200);
});

test("a reader of events that reads nothing is sent no more than fits, and holds up neither the others nor the end", async (t) => {
  const dataFolder = await temporaryFolder(t);
  let told = 0;
  async function* events(): AsyncGenerator<ControlEvent> {
    for (;;) {
      told += 1;
      yield { event: "large", at: "2026-03-02T10:20:30.456Z", text: "x".repeat(64 * 1024) };
      await delay(0);
    }
  }
  const listener = await openFor(dataFolder, { ...everyVerb, events: async () => events() });
  const socket = connect(Number(new URL(listener.url!).port), "127.0.0.1");
  socket.pause();
  socket.on("error", () => undefined);
  socket.write("GET /v1/events HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer token\r\n\r\n");
  let before = -1;
  await waitFor(async () => {
    const stands = told > 0 && told === before;
    before = told;
    await delay(100);
    return stands && told === before;
  });
  assert.ok(told < 1000, `${told} events of 64 KB`);
  const headers = { authorization: "Bearer token" };
  assert.equal((await rawRequest({ url: listener.url! }, "/v1/clock/read", { headers })).status, 200);
  await listener.close();
  socket.destroy();
});

test("a quiet stream says every 15 seconds that it is alive, and ends when the server does", async (t) => {
  t.mock.timers.enable({ apis: ["setInterval"] });
  const ending = Promise.withResolvers<void>();
  // oxlint-disable-next-line require-yield -- nothing happens
  async function* events(): AsyncGenerator<ControlEvent> {
    await ending.promise;
  }
  const listener = await openFor(await temporaryFolder(t), { ...everyVerb, events: async () => events() });
  const answer = await fetch(`${listener.url!}/v1/events`, { headers: { authorization: "Bearer token" } });
  const reader = answer.body!.getReader();
  const next = async (): Promise<string | undefined> => {
    const { value } = await reader.read();
    return value === undefined ? undefined : Buffer.from(value).toString();
  };
  assert.equal(await next(), STILL_HERE);
  t.mock.timers.tick(15_000);
  assert.equal(await next(), STILL_HERE);
  ending.resolve();
  assert.equal(await next(), undefined);
  await listener.close();
});

function openFor(dataFolder: string, control: Control): Promise<Listener> {
  return openListener(control, {
    port: { host: "127.0.0.1", port: 0 },
    token: "token",
    tokenFile: join(dataFolder, "control-token"),
    dataFolder,
    allowHosts: [],
    emit: () => undefined,
    clock: systemClock,
  });
}

/** A control that answers nothing of any verb. */
const verbs = new Proxy({}, { get: () => async () => ({}) });
const everyVerb = {
  messages: verbs,
  mailboxes: verbs,
  faults: verbs,
  clock: verbs,
  demographics: verbs,
  snapshots: verbs,
  reset: async () => ({ messages: 0 }),
} as Omit<Control, "events">;
