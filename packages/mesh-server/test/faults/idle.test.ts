import assert from "node:assert/strict";
import { type AddressInfo, connect } from "node:net";
import { test } from "node:test";

import { waitFor } from "@restante/testbed";
import fastify from "fastify";

import type { Context } from "../../src/context.ts";
import { createFaults } from "../../src/faults/faults.ts";
import { doFaults } from "../../src/http/faults/do-faults.ts";

test("what waits because of a fault is not closed for being idle, and its connection is as before when it goes on", async (t) => {
  // A server closes what is idle after a minute: this one at once.
  const app = fastify({ connectionTimeout: 100 });
  const faults = createFaults({ emit: () => undefined, canExpireCertificate: false });
  doFaults(app, { registry: { find: () => undefined }, maxRequestBytes: 1000 } as unknown as Context, faults);
  app.get("/messageexchange/:mailboxId/inbox", async () => "served");
  const idle: number[] = [];
  app.addHook("onRequest", async ({ raw }) => void idle.push(raw.socket.timeout ?? 0));
  t.after(() => app.close());
  await app.listen({ host: "127.0.0.1", port: 0 });
  const { port } = app.server.address() as AddressInfo;
  const ask = async (): Promise<string> => {
    const socket = connect(port, "127.0.0.1");
    socket.write("GET /messageexchange/X26ABC1/inbox HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
    return Buffer.concat(await socket.toArray()).toString();
  };

  await faults.control.next({ at: "list", do: "delay", for: "500ms" });
  assert.match(await ask(), /served$/);
  assert.deepEqual(idle, [100]);

  await faults.control.next({ at: "list", do: "hang" });
  const began = performance.now();
  let isOver = false;
  const hanging = ask().then(() => (isOver = true));
  await waitFor(() => performance.now() - began > 500);
  assert.equal(isOver, false);
  await faults.control.clear();
  await hanging;
});

test("while no fault stands nothing is asked of a request on its way in", async (t) => {
  const app = fastify();
  const faults = createFaults({ emit: () => undefined, canExpireCertificate: false });
  let asked = 0;
  const registry = { find: () => void (asked += 1) };
  doFaults(app, { registry, maxRequestBytes: 1000 } as unknown as Context, faults);
  app.get("/messageexchange/:mailboxId/inbox", async () => "served");
  t.after(() => app.close());
  const ask = async (): Promise<string> => (await app.inject("/messageexchange/X26ABC1/inbox")).body;

  assert.equal(await ask(), "served");
  assert.equal(asked, 0);
  // At another point: but now each is looked at.
  await faults.control.add({ at: "send", do: "reset" });
  assert.equal(await ask(), "served");
  assert.equal(asked, 1);
});
