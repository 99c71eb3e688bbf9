import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { Agent, request as httpsRequest } from "node:https";
import type { AddressInfo } from "node:net";
import { pipeline } from "node:stream/promises";
import type { TestContext } from "node:test";
import { createMeshClient, type MeshClient, type MeshClientOptions } from "@restante/mesh-client";
import { clientCertificate, clientOptions, type TestServer } from "@restante/testbed";

export interface RelayedRequest {
  readonly method: string;
  /** Behind the mailbox, such as `/outbox/<id>/2`. */
  readonly path: string;
}

/** `answer cut`: its head and half of its body come. */
export type Fate = "passes" | "never arrives" | "answer lost" | "answer cut";

export interface Relay {
  /** A client of the mailbox whose requests all come this way. */
  readonly client: MeshClient;
  /** What came, in the order in which it came. */
  readonly requests: RelayedRequest[];
  /** What is being carried now. */
  readonly underWay: ReadonlySet<RelayedRequest>;
  /** Decides about each request before anything of it is passed on. */
  fate: (request: RelayedRequest) => Fate | Promise<Fate>;
}

/** A way to a real server on which requests and answers can be held up, lost and cut. */
export async function startRelay(
  t: Pick<TestContext, "after">,
  server: TestServer,
  mailboxId: string,
  overrides: Partial<MeshClientOptions> = {},
): Promise<Relay> {
  const { cert, key } = await clientCertificate(server, mailboxId);
  const agent = new Agent({ cert, key, ca: server.authority.caPem, keepAlive: true });
  const underWay = new Set<RelayedRequest>();
  const requests: RelayedRequest[] = [];

  async function carry(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = "", url = "" } = request;
    const relayed = { method, path: url.replace(`/messageexchange/${mailboxId}`, "") };
    requests.push(relayed);
    underWay.add(relayed);
    try {
      const fate = await relay.fate(relayed);
      if (fate === "never arrives") return void request.socket.destroy();
      const answer = await passOn(request, url);
      const body = Buffer.concat(await answer.toArray());
      if (fate === "answer lost") return void request.socket.destroy();
      response.writeHead(answer.statusCode ?? 0, answer.headers);
      if (fate === "passes") return void response.end(body);
      response.write(body.subarray(0, body.length / 2), () => request.socket.destroy());
    } catch {
      request.socket.destroy();
    } finally {
      underWay.delete(relayed);
    }
  }

  async function passOn(request: IncomingMessage, url: string): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const { method, headers } = request;
      const passed = httpsRequest(new URL(url, server.url), { method, headers, agent }, resolve);
      // Also of a request whose client has gone meanwhile.
      pipeline(request, passed).catch(reject);
      passed.on("error", reject);
    });
  }

  const listener = createServer((request, response) => void carry(request, response));
  await new Promise<void>((resolve) => {
    listener.listen(0, "127.0.0.1", resolve);
  });
  const { tls: _, ...options } = await clientOptions(server, mailboxId);
  const { port } = listener.address() as AddressInfo;
  const client = createMeshClient({
    ...options,
    url: `http://127.0.0.1:${port}`,
    retries: { attempts: 1 },
    ...overrides,
  });
  t.after(async () => {
    await client[Symbol.asyncDispose]();
    agent.destroy();
    listener.closeAllConnections();
    await new Promise((resolve) => {
      listener.close(resolve);
    });
  });
  const relay: Relay = { client, requests, underWay, fate: () => "passes" };
  return relay;
}
