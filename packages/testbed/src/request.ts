import { randomUUID } from "node:crypto";
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from "node:http";
import { request as httpsRequest } from "node:https";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ConnectionOptions } from "node:tls";

import { createToken, systemClock } from "@restante/mesh";

import { clientCertificate, passwordOf } from "./client.ts";
import type { ReachableServer } from "./server.ts";

export interface TestRequest {
  method?: string;
  /** After the host, such as `/messageexchange/Y90001OT001/inbox`. */
  path: string;
  headers?: OutgoingHttpHeaders;
  body?: Uint8Array | string | Readable;
  /** In the place of a trusted client's. `{}`: without a certificate. */
  tls?: ConnectionOptions;
  /** Gives the request up. */
  signal?: AbortSignal;
}

export interface TestAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
  /** The body as JSON; undefined if it is empty. */
  json: unknown;
}

/**
 * One HTTPS request as it is written here, on a connection of its own: for what a client library would not send.
 * Without `headers.authorization` it bears a new token of `mailboxId`; `authorization: undefined` leaves that out.
 */
export async function testRequest(
  server: ReachableServer,
  mailboxId: string,
  request: TestRequest,
): Promise<TestAnswer> {
  const authorization = testToken(server, mailboxId);
  const tls = request.tls ?? (await clientCertificate(server, mailboxId));
  const headers = { authorization, ...request.headers };
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(server.url);
    const outgoing = httpsRequest({
      agent: false,
      hostname,
      port,
      path: request.path,
      method: request.method ?? "GET",
      ca: server.authority.caPem,
      ...tls,
      signal: request.signal,
      headers: Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined)),
    });
    outgoing.once("error", reject);
    outgoing.once("response", (incoming) => {
      const pieces: Buffer[] = [];
      incoming.on("data", (piece: Buffer) => pieces.push(piece));
      incoming.once("error", reject);
      incoming.once("end", () => {
        const body = Buffer.concat(pieces);
        resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body, json: parse(body) });
      });
    });
    if (request.body instanceof Readable) pipeline(request.body, outgoing).catch(reject);
    // Node.js writes a header and a string together, and then encodes the header a second time.
    else outgoing.end(request.body === undefined ? undefined : Buffer.from(request.body));
  });
}

/** An Authorization value good for one request. */
export function testToken(
  server: ReachableServer,
  mailboxId: string,
  overrides: Partial<Parameters<typeof createToken>[0]> = {},
): string {
  return createToken({
    mailboxId,
    password: passwordOf(server, mailboxId),
    sharedKey: server.config.sharedKey,
    nonce: randomUUID(),
    nonceCount: 0,
    now: (server.clock ?? systemClock).now(),
    ...overrides,
  });
}

function parse(body: Buffer): unknown {
  try {
    return body.length === 0 ? undefined : JSON.parse(body.toString());
  } catch {
    return undefined;
  }
}
