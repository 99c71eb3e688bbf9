// The client of both servers: no more than a request, on connections that are kept, and what came back.

import { Agent, request as plainRequest } from "node:http";
import { Agent as TlsAgent, request as tlsRequest } from "node:https";

import { systemClock, tokenSource } from "@restante/mesh";
import { clientCertificate, passwordOf, type ReachableServer } from "@restante/testbed";

export interface Reply {
  readonly status: number;
  readonly body: Buffer;
}

export interface Party extends Disposable {
  /** One request of the mailbox, at a path below its own, such as `inbox`. */
  call(method: string, path: string, headers?: Readonly<Record<string, string>>, body?: Buffer): Promise<Reply>;
}

/** Of one mailbox, with as many connections at most as it is to make requests at a time. */
export async function openParty(server: ReachableServer, mailboxId: string, atATime: number): Promise<Party> {
  const { protocol, hostname, port } = new URL(server.url);
  const settings = { keepAlive: true, maxSockets: atATime };
  const isTls = protocol === "https:";
  const agent = isTls
    ? new TlsAgent({ ...settings, ca: server.authority.caPem, ...(await clientCertificate(server, mailboxId)) })
    : new Agent(settings);
  const request = isTls ? tlsRequest : plainRequest;
  const nextToken = tokenSource({
    mailboxId,
    password: passwordOf(server, mailboxId),
    sharedKey: server.config.sharedKey,
    clock: systemClock,
  });

  return {
    call: (method, path, headers = {}, body) =>
      new Promise((resolve, reject) => {
        const outgoing = request(
          {
            agent,
            hostname,
            port,
            method,
            path: `/messageexchange/${mailboxId}/${path}`,
            headers: {
              authorization: nextToken(),
              accept: "application/vnd.mesh.v2+json",
              ...headers,
              ...(body !== undefined && { "content-length": body.byteLength }),
            },
          },
          (incoming) => {
            const pieces: Buffer[] = [];
            incoming.on("data", (piece: Buffer) => void pieces.push(piece));
            incoming.once("error", reject);
            incoming.once("end", () => resolve({ status: incoming.statusCode ?? 0, body: Buffer.concat(pieces) }));
          },
        );
        outgoing.once("error", reject);
        outgoing.end(body);
      }),
    [Symbol.dispose]: () => agent.destroy(),
  };
}
