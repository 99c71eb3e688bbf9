import type { AddressInfo } from "node:net";
import type { TestContext } from "node:test";
import { createServer, type TLSSocket } from "node:tls";
import { createMeshClient, type MeshClient, type MeshClientOptions } from "@restante/mesh-client";
import { strangeAuthority, testAuthority } from "@restante/testbed";
import { localHosts } from "@restante/authority";

/** What the peer does with a request once it has all of it: answers with a text, or something else. */
export type Reaction = string | ((socket: TLSSocket) => void);

export const breakOff: Reaction = (socket) => void socket.destroy();
export const hang: Reaction = () => undefined;

export interface FaultyPeer {
  readonly url: string;
  /** The head of each whole request. */
  readonly requests: string[];
  /** How many connections stood, with mutual TLS done. */
  readonly connections: () => number;
}

/** A TLS server that answers as it is told, one reaction a request, the last one for all that follow. */
export async function startFaultyPeer(
  t: Pick<TestContext, "after">,
  reactions: readonly Reaction[],
  {
    stranger = false,
    breakAfterBytes = Infinity,
    hosts = localHosts,
  }: { stranger?: boolean; breakAfterBytes?: number; hosts?: readonly string[] } = {},
): Promise<FaultyPeer> {
  const authority = await (stranger ? strangeAuthority() : testAuthority());
  const { cert, key } = await authority.issue({ commonName: hosts[0] ?? "none", hosts, kind: "server" });
  const requests: string[] = [];
  let connections = 0;
  const sockets = new Set<TLSSocket>();

  const server = createServer(
    { cert, key, ca: authority.caPem, requestCert: true, rejectUnauthorized: true },
    (socket) => {
      connections += 1;
      sockets.add(socket);
      socket.on("error", () => undefined);
      let received = Buffer.alloc(0);
      socket.on("data", (data: Buffer) => {
        received = Buffer.concat([received, data]);
        if (received.length >= breakAfterBytes) return void socket.destroy();
        const request = takeRequest(received);
        if (request === undefined) return;
        received = Buffer.alloc(0);
        const reaction = reactions[Math.min(requests.length, reactions.length - 1)] ?? breakOff;
        requests.push(request);
        if (typeof reaction === "function") reaction(socket);
        else if (reaction === "break") socket.destroy();
        else if (reaction !== "hang") socket.write(reaction);
      });
    },
  );
  server.on("tlsClientError", () => undefined);
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  t.after(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => {
      server.close(resolve);
    });
  });
  const { port } = server.address() as AddressInfo;
  return { url: `https://127.0.0.1:${port}`, requests, connections: () => connections };
}

/** The head of the request, once its body is there too. */
function takeRequest(received: Buffer): string | undefined {
  const text = received.toString("latin1");
  const end = text.indexOf("\r\n\r\n");
  if (end < 0) return undefined;
  const head = text.slice(0, end);
  const body = text.slice(end + 4);
  if (/transfer-encoding: chunked/i.test(head)) return body.endsWith("0\r\n\r\n") ? head : undefined;
  const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
  return body.length >= length ? head : undefined;
}

/** An HTTP answer, written out. */
export function answer(status: number, body: unknown = "", headers: Record<string, string> = {}): string {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const lines = Object.entries({ "content-length": String(Buffer.byteLength(text)), ...headers });
  return `HTTP/1.1 ${status} Status\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n${text}`;
}

export const password = "correct horse battery staple";
export const sharedKey = "shared key of the environment";

/** A client that the peer trusts. */
export async function clientOf(
  t: Pick<TestContext, "after">,
  url: string,
  overrides: Partial<MeshClientOptions> = {},
): Promise<MeshClient> {
  const authority = await testAuthority();
  const { cert, key } = await authority.issue({
    commonName: "Y90001OT001.Y90001.api.mesh-client.nhs.uk",
    kind: "client",
  });
  const client = createMeshClient({
    url,
    mailboxId: "Y90001OT001",
    password,
    sharedKey,
    tls: { ca: authority.caPem, cert, key },
    retries: { firstWaitMs: 1, longestWaitMs: 5 },
    ...overrides,
  });
  t.after(async () => client[Symbol.asyncDispose]());
  return client;
}
