import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import type { Duplex } from "node:stream";
import type { TestContext } from "node:test";
import { atEnd } from "../support/at-end.ts";

/** An HTTP proxy that lets those through who sign in. */
export interface ConnectProxy {
  readonly port: number;
  /** Where it was asked to connect to, by those who signed in. */
  readonly connected: readonly string[];
}

export async function connectProxy(t: TestContext, user: string, password: string): Promise<ConnectProxy> {
  const connected: string[] = [];
  const open = new Set<Duplex>();
  const server = createServer();
  const wanted = `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
  server.on("connect", ({ url = "", headers }, socket: Duplex, head: Buffer) => {
    open.add(socket.on("error", () => undefined));
    if (headers["proxy-authorization"] !== wanted) {
      socket.end("HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\n\r\n");
      return;
    }
    connected.push(url);
    const { hostname, port } = new URL(`http://${url}`);
    const onward = connect(Number(port), hostname, () => {
      socket.write("HTTP/1.1 200 Connection Established\r\n\r\n");
      onward.write(head);
      onward.pipe(socket).pipe(onward);
    });
    open.add(onward.on("error", () => socket.destroy()));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  atEnd(t, () => {
    for (const socket of open) socket.destroy();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, connected };
}
