import assert from "node:assert/strict";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { test, type TestContext } from "node:test";
import type { MeshClient, MeshClientError, Timeouts } from "@restante/mesh-client";
import { waitFor } from "@restante/testbed";
import { answer, clientOf, hang, startFaultyPeer } from "./faulty-peer.ts";
import { failureOf } from "./failure-of.ts";

// Each time-out is shown to act alone by two clients that wait for the same: of one it is short and all others are long,
// of the other all others are short. The first gives up; by then the others would have acted on the second, which waits.

const long = 60_000;

function told({ code, retry, message }: MeshClientError): string {
  return `${code} ${retry}: ${message}`;
}

/** Clients that try once. */
async function withTimeouts(t: TestContext, url: string, timeouts: Partial<Timeouts>): Promise<MeshClient> {
  return clientOf(t, url, { timeouts, retries: { attempts: 1 } });
}

/** Whether it has ended, by now. */
function watched<Result>(call: Promise<Result>): { readonly call: Promise<Result>; readonly ended: () => boolean } {
  let ended = false;
  void call.catch(() => undefined).finally(() => (ended = true));
  return { call, ended: () => ended };
}

test("for connecting there is a time-out of its own, TLS included", async (t) => {
  const sockets = new Set<Socket>();
  const silent = createServer((socket) => void sockets.add(socket.on("error", () => undefined)));
  await new Promise<void>((resolve) => {
    silent.listen(0, "127.0.0.1", resolve);
  });
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    silent.close();
  });
  const url = `https://127.0.0.1:${(silent.address() as AddressInfo).port}`;
  const patient = await withTimeouts(t, url, { connectMs: long, headersMs: 1, bodyIdleMs: 1 });
  const hasty = await withTimeouts(t, url, { connectMs: 1, headersMs: long, bodyIdleMs: long });
  const waiting = watched(patient.list());
  await waitFor(() => sockets.size === 1);
  const send = hasty.send({ to: "Y90002OT001", workflowId: "RESTANTE_TEST", body: "body" });
  assert.equal(told(await failureOf(send)), "timed-out safe: No connection to the server stood in time.");
  assert.equal(waiting.ended(), false);
});

test("for the head of an answer there is a time-out of its own", async (t) => {
  const answers: (() => void)[] = [];
  const peer = await startFaultyPeer(t, [
    (socket) => void answers.push(() => socket.write(answer(200, { messages: [] }))),
    hang,
  ]);
  const patient = await withTimeouts(t, peer.url, { connectMs: 1500, headersMs: long, bodyIdleMs: 1500 });
  const hasty = await withTimeouts(t, peer.url, { connectMs: long, headersMs: 1500, bodyIdleMs: long });
  const waiting = watched(patient.list());
  await waitFor(() => answers.length === 1);
  assert.equal(told(await failureOf(hasty.list())), "timed-out safe: The server did not answer in time.");
  assert.equal(waiting.ended(), false);
  answers[0]?.();
  assert.deepEqual(await waiting.call, { messageIds: [] });
});

test("for a body that stops there is a time-out of its own", async (t) => {
  const whole = answer(200, { messages: [] });
  const rests: (() => void)[] = [];
  const peer = await startFaultyPeer(t, [
    (socket) => {
      socket.write(whole.slice(0, -5));
      rests.push(() => socket.write(whole.slice(-5)));
    },
  ]);
  const patient = await withTimeouts(t, peer.url, { connectMs: 1500, headersMs: 1500, bodyIdleMs: long });
  const hasty = await withTimeouts(t, peer.url, { connectMs: long, headersMs: long, bodyIdleMs: 1500 });
  const waiting = watched(patient.list());
  await waitFor(() => rests.length === 1);
  const error = told(await failureOf(hasty.list()));
  assert.equal(error, "timed-out safe: The server's answer stopped on its way, or came too slowly.");
  assert.equal(waiting.ended(), false);
  rests[0]?.();
  assert.deepEqual(await waiting.call, { messageIds: [] });
});

test("a time-out that is not set is requestTimeoutMs, and a wrong one is refused by name", async (t) => {
  const peer = await startFaultyPeer(t, [hang]);
  const options = { requestTimeoutMs: 1, timeouts: { connectMs: long }, retries: { attempts: 1 } };
  const client = await clientOf(t, peer.url, options);
  assert.equal(told(await failureOf(client.list())), "timed-out safe: The server did not answer in time.");
  for (const name of ["connectMs", "headersMs", "bodyIdleMs"]) {
    for (const ms of [0, -1, 1.5, Infinity, "1"]) {
      await assert.rejects(clientOf(t, peer.url, { timeouts: { [name]: ms } }), {
        code: "request-invalid",
        field: `timeouts.${name}`,
      });
    }
  }
  await assert.rejects(clientOf(t, peer.url, { timeouts: null as never }), { field: "timeouts" });
});
