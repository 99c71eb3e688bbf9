// Control over HTTP: a small server of its own, at a port of loopback or a socket in the data folder, never where MESH is
// spoken. Each verb is a POST under /v1 (the table of operations says which); what happens is streamed at /v1/events.
//
// Whoever can ask here can read and wipe everything, so each request passes, in this order: so many at once and no more; a
// Host that only its owner would name; no Origin but that of its own page; the token (guards.ts).

import { chmod } from "node:fs/promises";
import type { AddressInfo } from "node:net";

import type { Control } from "@restante/control";
import { asDurableError } from "@restante/durable";
import type { Emit } from "@restante/mesh";
import fastify, { type FastifyInstance } from "fastify";

import { once } from "../../once.ts";
import { answerUnreadable, failureOf, NotServed, sendFailure } from "./answers.ts";
import { addEventStream } from "./event-stream.ts";
import { addGuards } from "./guards.ts";
import { addPage } from "./page.ts";
import { forgetPlace, freeSocket, tellPlace } from "./place.ts";
import { addVerbs } from "./verbs.ts";

const MOST_HEADER_BYTES = 16 * 1024;
const MOST_HEADERS = 60;
const HEADERS_MS = 10_000;
/** To send a whole request. */
const REQUEST_MS = 60_000;
/** A wait takes up to ten minutes, in which no byte goes either way. */
const IDLE_MS = 11 * 60_000;
const KEEP_ALIVE_MS = 5000;
const MOST_CONNECTIONS = 2000;
/** Answers that are on their way when it closes have so long. */
const CLOSE_MS = 1000;

export interface ListenerOptions {
  /** At a port, 0 for any free one; or at a socket of this path. */
  readonly at: { readonly host: string; readonly port: number } | { readonly socket: string };
  readonly token: string;
  /** Where that is written: told in the data folder's `control.json`. */
  readonly tokenFile: string;
  readonly dataFolder: string;
  /** Names that a Host may have besides those of loopback. */
  readonly allowHosts: readonly string[];
  readonly emit: Emit;
}

export interface Listener {
  /** Of a port. */
  readonly url?: string;
  /** The path of a socket. */
  readonly socket?: string;
  /** Ends every connection, after a moment for the answers that are on their way. */
  close(): Promise<void>;
}

/** It listens when the promise resolves. */
export async function openListener(control: Control, options: ListenerOptions): Promise<Listener> {
  const { at, dataFolder, tokenFile, emit } = options;
  const app = await createListener(control, options);
  try {
    const place = await listen(app, at);
    await tellPlace(dataFolder, { ...place, tokenFile });
    emit({ event: "control-started", ...place });
    const close = once(async () => {
      await forgetPlace(dataFolder);
      // A socket is removed with its server.
      await app.close();
    });
    return { ...place, close };
  } catch (error) {
    await app.close();
    throw asDurableError(error, "socket" in at ? at.socket : dataFolder);
  }
}

async function createListener(
  control: Control,
  { at, token, allowHosts }: ListenerOptions,
): Promise<FastifyInstance> {
  const app: FastifyInstance = fastify({
    http: { maxHeaderSize: MOST_HEADER_BYTES, headersTimeout: HEADERS_MS },
    connectionTimeout: IDLE_MS,
    requestTimeout: REQUEST_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    forceCloseConnections: "idle",
    exposeHeadRoutes: false,
    clientErrorHandler: (error, socket) => answerUnreadable(error, socket),
    frameworkErrors: (error, _request, reply) => {
      sendFailure(reply, failureOf(error));
    },
  });
  app.server.maxConnections = MOST_CONNECTIONS;
  app.server.maxHeadersCount = MOST_HEADERS;
  closeInTime(app);
  app.setErrorHandler((error, _request, reply) => sendFailure(reply, failureOf(error)));
  app.setNotFoundHandler((_request, reply) =>
    sendFailure(reply, failureOf(new NotServed(404, "input-invalid", "There is nothing here of this name."))),
  );
  let open: ReadonlySet<string> = new Set();
  addGuards(app, {
    token,
    allowHosts,
    isSocket: "socket" in at,
    isOpen: ({ routeOptions: { url } }) => url !== undefined && open.has(url),
  });
  open = await addPage(app);
  addVerbs(app, control);
  addEventStream(app, control);
  return app;
}

async function listen(
  app: FastifyInstance,
  at: ListenerOptions["at"],
): Promise<{ url: string } | { socket: string }> {
  if ("socket" in at) {
    await freeSocket(at.socket);
    await app.listen({ path: at.socket });
    await chmod(at.socket, 0o600);
    return { socket: at.socket };
  }
  await app.listen({ host: at.host, port: at.port });
  const { address, port, family } = app.server.address() as AddressInfo;
  return { url: `http://${family === "IPv6" ? `[${address}]` : address}:${port}` };
}

/** Closing does not wait for those who wait: they were told, or are about to be. */
function closeInTime(app: FastifyInstance): void {
  app.addHook("preClose", async () => {
    setTimeout(() => app.server.closeAllConnections(), CLOSE_MS).unref();
  });
}
