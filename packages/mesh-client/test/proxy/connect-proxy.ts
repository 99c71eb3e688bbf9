import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import type { TestContext } from "node:test";

/** What the proxy does when it is asked for a way: answers with a text, or something else; "open" opens it. */
export type Reaction = string | ((socket: Socket) => void);

export interface ConnectProxy {
  readonly url: string;
  /** The head of each request. */
  readonly asked: string[];
  /** How many ways it opened that are still there. */
  readonly ways: () => number;
  /** Cuts every way that is open. */
  readonly cut: () => void;
  /** From now on. */
  react: (reaction: Reaction) => void;
}

/** An HTTP proxy that knows CONNECT. */
export async function startConnectProxy(
  t: Pick<TestContext, "after">,
  {
    reaction = "open",
    signIn,
    to,
  }: {
    reaction?: Reaction;
    /** `user:password` without which it opens nothing. */
    signIn?: string;
    /** Where each way leads, whatever host it was asked for; as asked if absent. */
    to?: string;
  } = {},
): Promise<ConnectProxy> {
  const asked: string[] = [];
  const ways = new Set<Socket>();
  const sockets = new Set<Socket>();
  let next = reaction;

  const open = (client: Socket, authority: string): void => {
    const { hostname, port } = new URL(to ?? `https://${authority}`);
    const server = connect({ host: hostname.replace(/^\[|\]$/g, ""), port: Number(port) });
    sockets.add(server);
    server.once("connect", () => {
      ways.add(client);
      client.write("HTTP/1.1 200 Connection established\r\nVia: 1.1 proxy\r\n\r\n");
      client.pipe(server).pipe(client);
    });
    server.on("error", () => {
      if (ways.has(client)) client.destroy();
      else client.end("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n");
    });
    server.once("close", () => client.destroy());
    client.once("close", () => {
      ways.delete(client);
      server.destroy();
    });
  };

  const proxy = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    let received = "";
    const read = (data: Buffer): void => {
      received += data.toString("latin1");
      if (!received.includes("\r\n\r\n")) return;
      socket.off("data", read);
      const head = received.slice(0, received.indexOf("\r\n\r\n"));
      asked.push(head);
      const given = /^proxy-authorization: Basic (.*)$/im.exec(head)?.[1] ?? "";
      if (signIn !== undefined && Buffer.from(given, "base64").toString("utf8") !== signIn) {
        socket.end(
          'HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm="secret words"\r\n\r\n',
        );
      } else if (next === "open") open(socket, /^CONNECT (\S+) HTTP\/1\.1/.exec(head)?.[1] ?? "");
      else if (typeof next === "function") next(socket);
      else socket.write(next);
    };
    socket.on("data", read);
  });
  await new Promise<void>((resolve) => {
    proxy.listen(0, "127.0.0.1", resolve);
  });
  t.after(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => {
      proxy.close(resolve);
    });
  });
  const { port } = proxy.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    ways: () => ways.size,
    cut() {
      for (const way of ways) way.destroy();
    },
    react: (reaction) => void (next = reaction),
  };
}
