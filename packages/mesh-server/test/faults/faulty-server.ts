// A real server with faults, at two doors: HTTPS and plain HTTP.

import { randomUUID } from "node:crypto";
import { type Agent, type IncomingMessage, request as httpRequest } from "node:http";
import { Agent as SecureAgent, request as httpsRequest } from "node:https";
import type { TestContext } from "node:test";

import type { IssuedCertificate } from "@restante/authority";
import { type Demographics, type Directory, embeddedDemographics } from "@restante/demographics";
import { createToken } from "@restante/mesh";
import {
  clientCertificate,
  defaultConfig,
  expiredCertificate,
  passwordOf,
  type ReachableServer,
  recordEvents,
  type RecordedEvents,
  testAuthority,
  testDirectory,
} from "@restante/testbed";

import type { EmbeddedServerConfig, MeshServerConfig } from "../../src/config.ts";
import { faultyDemographics } from "../../src/faults/demographics.ts";
import { createFaults, type Faults } from "../../src/faults/faults.ts";
import { createMoves, type Moves } from "../../src/faults/moves.ts";
import { type RewindableServing, serveRewindable } from "../../src/serve.ts";

export interface FaultyServer extends ReachableServer {
  readonly plainUrl: string;
  readonly directory: Directory;
  readonly faults: Faults;
  readonly moves: Moves;
  readonly events: RecordedEvents;
  readonly serving: RewindableServing;
}

export async function startFaultyServer(
  t: Pick<TestContext, "after">,
  { demographics, ...changed }: Partial<MeshServerConfig> & { demographics?: Demographics } = {},
): Promise<FaultyServer> {
  const [authority, expired] = [await testAuthority(), await expiredCertificate()];
  const directory = testDirectory();
  const config: EmbeddedServerConfig = { ...(await defaultConfig(t, authority, directory)), ...changed };
  const { tls, host, port, ...settings } = config;
  const events = recordEvents();
  const { emit } = events;
  const known = new Set(config.mailboxes.map(({ mailboxId }) => mailboxId));
  const faults = createFaults({ emit, canExpireCertificate: true, isMailbox: (id) => known.has(id.toUpperCase()) });
  const records = demographics ?? embeddedDemographics(directory);
  const moves = createMoves(records);
  const serving = await serveRewindable(
    settings,
    [
      { host, port, tls: { ...tls, expired } },
      { host, port: 0 },
    ],
    {
      demographics: faultyDemographics(records, faults, moves),
      emit,
      faults,
    },
  );
  t.after(() => serving.close());
  const [url = "", plainUrl = ""] = serving.urls;
  return { url, plainUrl, config, authority, clock: undefined, directory, faults, moves, events, serving };
}

export interface Ask {
  mailboxId: string;
  method?: string;
  path: string;
  headers?: Record<string, string>;
  body?: string;
  /** Absent: a new one. */
  token?: string;
  agent?: Agent;
  signal?: AbortSignal;
}

export interface Answer {
  status: number;
  headers: IncomingMessage["headers"];
  rawHeaders: string[];
  body: string;
  json: unknown;
  /** The connection was cut before the body was whole. */
  isCut: boolean;
  /** It went over a connection that had carried another before. */
  isReused: boolean;
}

export type DoorName = "https" | "http";

export function newToken(server: ReachableServer, mailboxId: string): string {
  const secrets = { password: passwordOf(server, mailboxId), sharedKey: server.config.sharedKey };
  return createToken({ mailboxId, ...secrets, nonce: randomUUID(), nonceCount: 0, now: new Date() });
}

export async function secureAgent(server: ReachableServer, mailboxId: string): Promise<SecureAgent> {
  const { cert, key } = await clientCertificate(server, mailboxId);
  return new SecureAgent({ cert, key, ca: server.authority.caPem, keepAlive: true });
}

const certificates = new WeakMap<ReachableServer, Map<string, Promise<IssuedCertificate>>>();

/** One request as it is written here, on a connection of its own unless it brings an agent. Fails as its connection does. */
export async function ask(server: FaultyServer, door: DoorName, request: Ask): Promise<Answer> {
  const { mailboxId, method = "GET", path, body, agent } = request;
  const known = certificates.get(server) ?? new Map<string, Promise<IssuedCertificate>>();
  certificates.set(server, known);
  const issued = known.get(mailboxId) ?? clientCertificate(server, mailboxId);
  known.set(mailboxId, issued);
  const { cert, key } = await issued;
  const headers = { authorization: request.token ?? newToken(server, mailboxId), ...request.headers };
  const target = new URL(path, door === "https" ? server.url : server.plainUrl);
  const options = { method, headers, agent: agent ?? (false as const), signal: request.signal };
  return new Promise((resolve, reject) => {
    const outgoing =
      door === "https"
        ? httpsRequest(target, { ...options, cert, key, ca: server.authority.caPem })
        : httpRequest(target, options);
    outgoing.once("error", reject);
    outgoing.once("response", (incoming) => {
      const pieces: Buffer[] = [];
      incoming.on("data", (piece: Buffer) => pieces.push(piece));
      incoming.on("error", () => undefined);
      incoming.once("close", () => {
        const text = Buffer.concat(pieces).toString();
        resolve({
          status: incoming.statusCode ?? 0,
          headers: incoming.headers,
          rawHeaders: incoming.rawHeaders,
          body: text,
          json: parse(text),
          isCut: !incoming.complete,
          isReused: outgoing.reusedSocket,
        });
      });
    });
    outgoing.end(body === undefined ? undefined : Buffer.from(body));
  });
}

/** What a request fails with, or undefined if it is answered. */
export async function failureOf(asked: Promise<unknown>): Promise<string | undefined> {
  try {
    await asked;
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? "unknown";
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
