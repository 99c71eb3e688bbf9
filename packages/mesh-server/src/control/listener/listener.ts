// Control over HTTP: a small server of its own, at a port of loopback or a socket in the data folder, never where MESH is
// spoken. Each verb is a POST under /v1 (the table of operations says which); what happens is streamed at /v1/events.
//
// Whoever can ask here can read and wipe everything, so each request passes, in this order: so many at once and no more; a
// Host that only its owner would name; no Origin but that of its own page; the token (guards.ts).

import { chmod } from "node:fs/promises";

import { type Control, controlOpenApi } from "@restante/control";
import { asDurableError } from "@restante/durable";
import type { Clock, Emit } from "@restante/mesh";
import fastify, { type FastifyInstance } from "fastify";

import { tellRefusals } from "../../http/tell-refusals.ts";
import { urlOf } from "../../http/url-of.ts";
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
const LOOK_MS = 60_000;

export interface ListenerOptions {
  /** At a port (0: any free one), a socket of this path, or both. */
  readonly port?: { readonly host: string; readonly port: number };
  readonly socket?: string;
  readonly token: string;
  /** Where that is written: told in the data folder's `control.json`. */
  readonly tokenFile: string;
  readonly dataFolder: string;
  /** Names that a Host may have besides those of loopback. */
  readonly allowHosts: readonly string[];
  readonly emit: Emit;
  /** The real one. */
  readonly clock: Clock;
}

export interface Listener {
  /** Of the port, with the one that it really has. */
  readonly url?: string;
  /** The path of the socket. */
  readonly socket?: string;
  /** Ends every connection, after a moment for the answers that are on their way. */
  close(): Promise<void>;
}

/** It listens when the promise resolves. */
export async function openListener(control: Control, options: ListenerOptions): Promise<Listener> {
  const { port, socket, dataFolder, tokenFile, emit } = options;
  const apps: FastifyInstance[] = [];
  const open = async (isSocket: boolean): Promise<FastifyInstance> => {
    const app = await createListener(control, { ...options, isSocket });
    apps.push(app);
    return app;
  };
  const close = once(async () => {
    await forgetPlace(dataFolder);
    // A socket is removed with its server.
    await Promise.all(apps.map((app) => app.close()));
  });
  try {
    const url = port === undefined ? undefined : await listenAtPort(await open(false), port);
    if (socket !== undefined) await listenAtSocket(await open(true), socket);
    const place = { ...(url !== undefined && { url }), ...(socket !== undefined && { socket }) };
    await tellPlace(dataFolder, { ...place, tokenFile });
    emit({ event: "control-started", ...place });
    return { ...place, close };
  } catch (error) {
    await close();
    throw asDurableError(error, socket ?? dataFolder);
  }
}

async function createListener(
  control: Control,
  { token, allowHosts, isSocket, emit, clock }: ListenerOptions & { isSocket: boolean },
): Promise<FastifyInstance> {
  const app: FastifyInstance = fastify({
    http: { maxHeaderSize: MOST_HEADER_BYTES, headersTimeout: HEADERS_MS },
    connectionTimeout: IDLE_MS,
    requestTimeout: REQUEST_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    forceCloseConnections: "idle",
    // What still comes is answered: the server behind it is closed after it.
    return503OnClosing: false,
    exposeHeadRoutes: false,
    clientErrorHandler: (error, socket) => answerUnreadable(error, socket),
    frameworkErrors: (error, _request, reply) => {
      sendFailure(reply, failureOf(error));
    },
  });
  app.server.maxConnections = MOST_CONNECTIONS;
  app.server.maxHeadersCount = MOST_HEADERS;
  closeInTime(app);
  const tell = tellRefusals({ clock, emit });
  const look = setInterval(() => tell.look(), LOOK_MS).unref();
  app.server.once("close", () => clearInterval(look));
  app.setErrorHandler((error, { raw: { socket } }, reply) => {
    const failure = failureOf(error);
    // Who may not ask, not what was asked wrongly: somebody is at a door that is not theirs.
    if (failure.error.code === "not-allowed") {
      const { remoteAddress: address } = socket;
      const { status, error: refused } = failure;
      const told = { status, code: refused.code, reason: `control: ${refused.message}` };
      tell.refused({ ...told, ...(address !== undefined && { address }) });
    }
    return sendFailure(reply, failure);
  });
  app.setNotFoundHandler((_request, reply) =>
    sendFailure(reply, failureOf(new NotServed(404, "input-invalid", "There is nothing here of this name."))),
  );
  let open: ReadonlySet<string> = new Set();
  addGuards(app, {
    token,
    allowHosts,
    isSocket,
    isOpen: ({ routeOptions: { url } }) => url !== undefined && open.has(url),
  });
  open = await addPage(app);
  app.get("/v1/openapi.json", async (_request, reply) => reply.send(controlOpenApi()));
  addVerbs(app, control);
  addEventStream(app, control);
  return app;
}

async function listenAtPort(app: FastifyInstance, { host, port }: { host: string; port: number }): Promise<string> {
  await app.listen({ host, port });
  // Of every address, that by which this machine reaches it, whose Host is allowed.
  return urlOf(app).replace("//0.0.0.0:", "//127.0.0.1:").replace("//[::]:", "//[::1]:");
}

async function listenAtSocket(app: FastifyInstance, path: string): Promise<void> {
  await freeSocket(path);
  await app.listen({ path });
  // Until now others may have been let in by the umask: they have no token.
  await chmod(path, 0o600);
}

/** Closing does not wait for those who wait: they were told, or are about to be. */
function closeInTime(app: FastifyInstance): void {
  app.addHook("preClose", async () => {
    setTimeout(() => app.server.closeAllConnections(), CLOSE_MS).unref();
  });
}
