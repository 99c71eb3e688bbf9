import type { Socket } from "node:net";
import { Server as TlsServer, type TlsOptions } from "node:tls";

import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";

import { defaults, type MeshServerConfig, type TlsConfig } from "../config.ts";
import type { Context } from "../context.ts";
import { doFaults } from "./faults/do-faults.ts";
import { showExpired, type WasShownExpired } from "./faults/expired-certificate.ts";
import { answerClientError, MOST_HEADER_BYTES } from "./client-error.ts";
import { addDownload } from "./download.ts";
import { drainRest } from "./drain.ts";
import { refusalOf } from "./errors.ts";
import { answersDue, endBehindUpgrade, inviteInTurn, refuseExpectations } from "./in-turn.ts";
import { addHandshake } from "./handshake.ts";
import { addHealth, healthPaths } from "./health.ts";
import { addInbox } from "./inbox.ts";
import { knownPaths } from "./known-paths.ts";
import { addLookup } from "./lookup.ts";
import { addOpenApi } from "./openapi/document.ts";
import { addOutbox } from "./outbox.ts";
import { isValidationError, Refusal, refusalBody } from "./refusal.ts";
import { type Patience, patience as usualPatience } from "./patience.ts";
import { REQUEST_ID, requestIdOf, tellableRequestId } from "./request-id.ts";
import { addRich } from "./rich.ts";
import { limitStrangers } from "./strangers.ts";
import { type TellRefusals, tellRefusals } from "./tell-refusals.ts";
import { addTracking } from "./tracking.ts";
import { negotiateVersion, sendJson, sendLastJson, sendNothing } from "./version.ts";

/** Requests in hand when the server is closed have so long to end. */
const CLOSE_MS = 5000;
const MOST_CONNECTIONS = 5000;
/** So strangers never take what clients need. */
const MOST_STRANGERS = MOST_CONNECTIONS / 2;
const LOOK_MS = 60_000;
const MOST_HEADERS = 100;
/** A local id has 300 characters, each of up to 4 bytes, each of these 3 characters in a path. */
const LONGEST_PARAMETER = 3600;

/** Adds routes that only a server for development has. */
export type AddRoutes = (app: FastifyInstance, context: Context) => void;

export interface DoorTls extends TlsConfig {
  /** What is shown while a fault asks for a certificate that has expired. */
  expired?: { key: string; cert: string };
}

type AppConfig = Pick<MeshServerConfig, "untrustedPerAddress"> & {
  tls?: DoorTls;
  addOthers?: AddRoutes;
  tellsEach?: boolean;
  patience?: Patience;
};

/** The HTTP server, not yet listening. Without `tls` it speaks plain HTTP. */
export function createApp(
  context: Context,
  { tls, untrustedPerAddress, addOthers, tellsEach = false, patience = usualPatience }: AppConfig,
): FastifyInstance {
  const tell = tellRefusals({ clock: context.realTime, emit: context.emit, each: tellsEach });
  let wasShownExpired: WasShownExpired = () => false;
  const transport = {
    maxHeaderSize: MOST_HEADER_BYTES,
    headersTimeout: patience.headers,
    connectionsCheckingInterval: patience.look,
  };
  const app: FastifyInstance = fastify({
    ...(tls === undefined
      ? { http: transport }
      : { https: { ...transport, ...secure(tls), handshakeTimeout: patience.handshake } }),
    bodyLimit: context.maxRequestBytes,
    connectionTimeout: patience.idle,
    requestTimeout: patience.request,
    keepAliveTimeout: patience.keepAlive,
    forceCloseConnections: "idle",
    // `serveWhileOpen` does, in the shape of an error, and lets who watches the server ask on.
    return503OnClosing: false,
    routerOptions: {
      maxParamLength: LONGEST_PARAMETER,
      ignoreTrailingSlash: true,
      // A word said twice would be a list.
      querystringParser: (text) => (text === "" ? {} : Object.fromEntries(new URLSearchParams(text))),
    },
    exposeHeadRoutes: false,
    genReqId: requestIdOf,
    clientErrorHandler: (error, socket) => {
      // That its client will have none of it was asked for.
      if (wasShownExpired(socket)) socket.destroy();
      else void answerClientError(tell, error, socket, due(socket));
    },
    frameworkErrors: (error, request, reply) => {
      answer(context, tell, request, reply, error);
    },
  });
  app.addHook("onRequest", (request, reply, done) => {
    reply.header(REQUEST_ID, request.id);
    done();
  });
  inviteInTurn(app.server);
  refuseExpectations(app);
  endBehindUpgrade(app.server);
  const due = answersDue(app.server);
  const isClosing = closeInTime(app);
  const isLeaving = (): boolean => isClosing() || context.isLeaving();
  serveWhileOpen(app, isClosing);
  sendElsewhere(app, isLeaving);
  if (context.faults !== undefined) {
    doFaults(app, context, context.faults);
    if (app.server instanceof TlsServer && tls?.expired !== undefined) {
      wasShownExpired = showExpired(app.server, context.faults, { right: secure(tls), expired: tls.expired });
    }
  }
  limitStrangers(app.server, {
    shownBy: tls === undefined ? "request" : "certificate",
    mostPerAddress: untrustedPerAddress ?? defaults.untrustedPerAddress,
    most: MOST_STRANGERS,
    longestMs: patience.stranger,
    onDropped: (reason, address) => tell.dropped(reason, address),
  });
  app.server.maxConnections = MOST_CONNECTIONS;
  app.server.on("drop", () => tell.dropped(`all ${MOST_CONNECTIONS} connections are taken`));
  const look = setInterval(() => tell.look(), LOOK_MS).unref();
  app.server.once("close", () => clearInterval(look));
  app.server.maxHeadersCount = MOST_HEADERS;

  // Every body is left as a stream: only the outbox reads one. By a pattern, as the framework remembers what fits one, while
  // for "*" it reads the type of each request anew.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(/^/, (_request, _payload, done) => done(null));

  app.setErrorHandler((error, request, reply) => answer(context, tell, request, reply, error));
  const known = knownPaths(app);
  app.setNotFoundHandler((request, reply) => {
    const allow = known.allow(request.url);
    if (allow === undefined) return answer(context, tell, request, reply, new Refusal("resource-unknown"));
    if (request.method !== "OPTIONS") {
      return answer(context, tell, request, reply, new Refusal("method-not-allowed", { headers: { allow } }));
    }
    const rest = drainRest(request.raw, reply.raw, context.maxRequestBytes);
    if (rest?.tooLarge === true) reply.header("connection", "close");
    return sendNothing(reply.header("allow", allow), 204);
  });

  addHandshake(app, context);
  addOutbox(app, context);
  addInbox(app, context);
  addRich(app, context);
  addDownload(app, context);
  addTracking(app, context);
  addLookup(app, context);
  addHealth(app, context, isLeaving);
  addOthers?.(app, context);
  addOpenApi(app, known);
  return app;
}

function secure({ key, cert, ca, strict = false }: TlsConfig): TlsOptions {
  return {
    key,
    cert,
    ca,
    minVersion: "TLSv1.2",
    requestCert: true,
    rejectUnauthorized: strict,
  };
}

function answer(
  context: Context,
  tell: TellRefusals,
  request: FastifyRequest,
  reply: FastifyReply,
  error: unknown,
): FastifyReply {
  const refusal = refusalOf(error);
  const { mailboxId } = (request.params ?? {}) as { mailboxId?: string };
  const mailbox = mailboxId === undefined ? undefined : context.registry.find(mailboxId);
  const { status } = refusal.answer;
  const { remoteAddress: address } = request.raw.socket;
  const requestId = tellableRequestId(request.id);
  tell.refused({
    status,
    code: refusal.code,
    reason: refusal.message,
    ...(mailbox !== undefined && { mailboxId: mailbox.mailboxId }),
    ...(address !== undefined && { address }),
    ...(requestId !== undefined && { requestId }),
  });
  const rest = drainRest(request.raw, reply.raw, context.maxRequestBytes);
  for (const name of Object.keys(reply.getHeaders())) reply.removeHeader(name);
  reply.headers({ ...refusal.headers, [REQUEST_ID]: request.id });
  const version = negotiateVersion(request, reply);
  const body = refusalBody(refusal, version);
  const type = isValidationError(refusal) ? 1 : version;
  const tooLarge = rest?.tooLarge === true || refusal.code === "body-too-large";
  if (tooLarge) reply.header("connection", "close");
  if (!tooLarge || request.method === "HEAD") return sendJson(reply, status, body, type);
  return sendLastJson(reply, status, body, type, rest?.drained);
}

/** Closing lets requests in hand end, but no longer than this; nor waits for a handshake that never ends. */
function closeInTime(app: FastifyInstance): () => boolean {
  let closing = false;
  const open = new Set<Socket>();
  app.server.on("connection", (socket: Socket) => {
    open.add(socket);
    socket.once("close", () => open.delete(socket));
  });
  app.addHook("preClose", async () => {
    closing = true;
    setTimeout(() => {
      for (const socket of open) socket.destroy();
    }, CLOSE_MS).unref();
  });
  return () => closing;
}

/** What comes on a connection that is still open while the server closes is for its next start. */
function serveWhileOpen(app: FastifyInstance, isClosing: () => boolean): void {
  app.addHook("onRequest", (request, _reply, done) => {
    if (!isClosing() || healthPaths.has(request.routeOptions.url ?? "")) done();
    else done(new Refusal("unavailable", { reason: "the server is closing" }));
  });
}

/** Each answer ends its connection, so that a client that keeps it comes back through whatever chooses among servers. */
function sendElsewhere(app: FastifyInstance, isLeaving: () => boolean): void {
  app.addHook("onSend", ({ raw, headers }, reply, _payload, done) => {
    const hasBody = headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
    // What is still to come of a request keeps its connection open, or its client may lose the answer.
    if (isLeaving() && (raw.complete || !hasBody)) reply.header("connection", "close");
    done();
  });
}
