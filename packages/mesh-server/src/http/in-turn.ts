// What Node.js does not keep in turn of requests that share a connection (decision 165).

import type { IncomingMessage, Server as HttpServer, ServerResponse } from "node:http";
import type { Socket } from "node:net";

import type { FastifyInstance } from "fastify";

import { Refusal } from "./refusal.ts";

/**
 * Invites the body of a request that waits for it (RFC 9110, 10.1.1), once it is that request's turn. Node.js does so at
 * once: behind a request that is still being answered it then puts the invitation between the head and the body of the
 * request's own answer, which its client reads as another.
 */
export function inviteInTurn(server: Pick<HttpServer, "on" | "emit">): void {
  server.on("checkContinue", (request, response: ServerResponse) => {
    if (response.socket !== null) response.writeContinue();
    else {
      response.once("socket", () => {
        if (!response.headersSent) response.writeContinue();
      });
    }
    server.emit("request", request, response);
  });
}

/**
 * Lets a request that expects what nobody can promise (any Expect but `100-continue`) be refused as others are: Node.js
 * would answer it apart from all that is kept in turn here.
 */
export function refuseExpectations(app: FastifyInstance): void {
  app.server.on("checkExpectation", (request, response) => app.server.emit("request", request, response));
  app.addHook("onRequest", ({ headers }, _reply, done) => {
    if (headers.expect === undefined || /^100-continue$/i.test(headers.expect.trim())) done();
    else done(new Refusal("expectation-failed"));
  });
}

/**
 * A request to change the protocol is answered as any other, and is the last of its connection: what came behind it in one
 * piece Node.js has dropped, and its client must not wait for more.
 */
export function endBehindUpgrade(server: Pick<HttpServer, "prependListener">): void {
  server.prependListener("request", (request: IncomingMessage, response: ServerResponse) => {
    if (request.headers.upgrade !== undefined) response.shouldKeepAlive = false;
  });
}

/** The answers that are still to be given on a connection, in order. */
export type AnswersDue = (socket: Socket) => readonly ServerResponse[];

export function answersDue(server: Pick<HttpServer, "prependListener">): AnswersDue {
  const bySocket = new WeakMap<Socket, Set<ServerResponse>>();

  // One function for all answers, each of which ends once: it is of no request, and holds none.
  function over(this: ServerResponse): void {
    bySocket.get(this.req.socket)?.delete(this);
  }

  server.prependListener("request", ({ socket }: IncomingMessage, response: ServerResponse) => {
    const due = bySocket.get(socket);
    if (due === undefined) bySocket.set(socket, new Set([response]));
    else due.add(response);
    response.on("close", over);
  });
  return (socket) => [...(bySocket.get(socket) ?? [])];
}
