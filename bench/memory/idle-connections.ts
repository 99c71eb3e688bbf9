// What a connection costs a server that has answered its client once and waits for the next request.
import { once } from "node:events";
import { connect, type TLSSocket } from "node:tls";
import { clientCertificate, testMailboxes, testToken } from "@restante/testbed";
import type { Held } from "./serve.ts";
import type { MeasuredServer } from "./server.ts";

/** So many handshakes at a time: the server cuts off who has none for long. */
const atATime = 20;

/** By how many bytes, for each connection that was open, the server holds more. */
export async function heldByEach(server: MeasuredServer, count: number): Promise<{ open: number } & Held> {
  const { hostname, port } = new URL(server.url);
  const tls = await clientCertificate(server, testMailboxes.sender);
  const sockets: TLSSocket[] = [];

  async function open(): Promise<void> {
    const socket = connect({ host: hostname, port: Number(port), ca: server.authority.caPem, ...tls });
    await once(socket, "secureConnect");
    const path = `/messageexchange/${testMailboxes.sender}/count`;
    const authorization = testToken(server, testMailboxes.sender);
    socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: ${authorization}\r\n\r\n`);
    const [answer] = (await once(socket, "data")) as [Buffer];
    if (!answer.toString("latin1").startsWith("HTTP/1.1 200 ")) throw new Error("A request was not answered.");
    // A server closes them in the end; who comes early must not be counted then.
    socket.on("error", () => undefined).resume();
    sockets.push(socket);
  }

  async function openUpTo(most: number): Promise<void> {
    let begun = sockets.length;
    const worker = async (): Promise<void> => {
      while (begun < most) {
        begun += 1;
        await open();
      }
    };
    await Promise.all(Array.from({ length: atATime }, worker));
  }

  try {
    // The first ones make code and sessions that all of them share.
    await openUpTo(atATime);
    const before = await server.held();
    await openUpTo(atATime + count);
    const after = await server.held();
    const still = sockets.slice(atATime).filter((socket) => !socket.readableEnded && !socket.destroyed).length;
    return { open: still, rss: (after.rss - before.rss) / still, heap: (after.heap - before.heap) / still };
  } finally {
    for (const socket of sockets) socket.destroy();
  }
}
