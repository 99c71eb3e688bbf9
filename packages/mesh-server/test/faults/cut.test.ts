import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { test } from "node:test";

import { waitFor } from "@restante/testbed";

import { resetsOf } from "../../src/http/faults/cut.ts";

const nextTick = (): Promise<void> => new Promise((resolve) => process.nextTick(resolve));
const open = (): number => process.getActiveResourcesInfo().filter((name) => name === "TCPSocketWrap").length;

test("a connection that is about to end is cut all the same, and nothing of it stays open", async (t) => {
  const before = open();
  const server = createServer();
  const reset = resetsOf(server);
  t.after(() => server.close());
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  for (let ticks = 0; ticks < 5; ticks += 1) {
    const client = connect(port, "127.0.0.1").on("error", () => undefined);
    const gone = once(client, "close");
    const [socket] = (await once(server, "connection")) as [Socket];
    socket.on("error", () => undefined);
    socket.end();
    for (let tick = 0; tick < ticks; tick += 1) await nextTick();
    reset(socket);
    client.destroy();
    await gone;
  }
  await waitFor(() => open() === before);
  assert.equal(open(), before);
});
