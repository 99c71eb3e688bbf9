// Does to requests what the faults ask for. Here alone it is decided which request is at which point, before anything is
// known of it but its path: a fault meets a request whoever sends it, and a token is not even looked at where nothing is done.
//
//   before   delay, then one of hang, reset, status; or the request is served
//   while    token clock (session.ts), delivered twice (outbox.ts, inbox.ts, rich.ts): they ask `faultOf`
//   after    the answer is lost; or its content type, its header names, its body are wrong
//
// What waits here holds up nothing: it ends at once when its fault is cleared, its client goes or the server closes.

import { Readable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";

import type { MailboxId } from "@restante/mesh";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";

import type { Context } from "../../context.ts";
import { drain } from "../drain.ts";
import { Refusal } from "../refusal.ts";
import type { Faults, TakenFault } from "../../faults/faults.ts";
import { resetsOf } from "./cut.ts";
import { neverAt, pointOf } from "./point-of.ts";
import { type Payload, sendBadly } from "./send-badly.ts";
import { answerStatus } from "./status-answer.ts";
import { keepTaken, takenOf } from "./taken-of.ts";

/** Beyond so many the one that hangs longest is let go. */
const MOST_HANGING = 1000;

/** To be called where nothing is served yet, after what refuses requests while the server closes. */
export function doFaults(app: FastifyInstance, context: Context, faults: Faults): void {
  const closing = new AbortController();
  const reset = resetsOf(app.server);
  /** Of each that hangs, the longest first: lets it go. */
  const hanging = new Set<() => void>();
  app.addHook("preClose", async () => closing.abort());

  app.addHook("onRequest", (request, reply, done) => {
    if (!faults.anyStands()) return done();
    return doBefore(request, reply);
  });

  async function doBefore(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
    const point = pointOf(request);
    if (point === undefined) return;
    const taken = faults.at(point, mailboxOf(context, request), neverAt(request));
    if (taken.size === 0) return;
    keepTaken(request, taken);
    // As many may wait on one connection as its client sends in a row.
    request.raw.socket.setMaxListeners(0);
    whenOver(request, reply, () => {
      for (const fault of taken.values()) fault.letGo();
    });
    const slow = taken.get("delay");
    if (slow !== undefined && !(await wait(request, slow))) return letBe(reply);
    const stuck = taken.get("hang");
    if (stuck !== undefined) {
      hang(request, stuck);
      return letBe(reply);
    }
    if (taken.has("reset")) {
      reset(request.raw.socket);
      return letBe(reply);
    }
    const status = taken.get("status")?.effect;
    if (status?.do !== "status") return;
    void drain(request.raw, context.maxRequestBytes, reply.raw);
    answerStatus(request, reply, status, point);
    return letBe(reply);
  }

  app.addHook("onSend", (request, reply, payload: Payload, done) => {
    const taken = takenOf(request);
    if (taken.has("lose-answer")) {
      // What waits to go out before it is lost with it, as it is when a connection breaks.
      request.raw.socket.destroy();
      if (payload instanceof Readable) payload.destroy();
      return;
    }
    const type = taken.get("content-type")?.effect;
    // What is not there has no type.
    if (type?.do === "content-type" && payload !== undefined && payload !== null) reply.type(type.contentType);
    if (taken.has("mixed-case") || taken.has("truncate") || taken.has("dribble")) {
      void sendBadly(reply, payload, taken, closing.signal);
      return;
    }
    // A text goes out with its head, both in UTF-8, and this head may hold other bytes.
    done(null, type !== undefined && typeof payload === "string" ? Buffer.from(payload) : payload);
  });

  /** False if its client has gone meanwhile. */
  async function wait(request: FastifyRequest, slow: TakenFault): Promise<boolean> {
    const { socket } = request.raw;
    const gone = new AbortController();
    const go = (): void => gone.abort();
    socket.once("close", go);
    const idleAgain = keepWhileIdle(request);
    const until = AbortSignal.any([closing.signal, slow.cleared, gone.signal]);
    await delay(slow.delayMs, undefined, { signal: until }).catch(() => undefined);
    slow.letGo();
    idleAgain();
    socket.off("close", go);
    if (closing.signal.aborted) throw new Refusal("unavailable", { reason: "the server is closing" });
    return !gone.signal.aborted;
  }

  function hang(request: FastifyRequest, stuck: TakenFault): void {
    const { socket } = request.raw;
    const cut = (): void => void socket.destroy();
    const over = AbortSignal.any([closing.signal, stuck.cleared]);
    keepWhileIdle(request);
    // Else nobody notices that its client has gone.
    void drain(request.raw, context.maxRequestBytes);
    hanging.add(cut);
    over.addEventListener("abort", cut, { once: true });
    socket.once("close", () => {
      over.removeEventListener("abort", cut);
      hanging.delete(cut);
    });
    const [oldest] = hanging;
    if (hanging.size > MOST_HANGING) oldest?.();
    // Cleared while it waited for what came before.
    if (over.aborted) cut();
  }
}

/** Only a mailbox that there is: what a path says is anybody's text. */
function mailboxOf({ registry }: Context, request: FastifyRequest): MailboxId | undefined {
  const { mailboxId } = request.params as { mailboxId?: string };
  return mailboxId === undefined ? undefined : registry.find(mailboxId)?.mailboxId;
}

/** Once it is answered, or its connection is gone: an answer whose turn has not come is told nothing of that. */
function whenOver({ raw: { socket } }: FastifyRequest, { raw: response }: FastifyReply, then: () => void): void {
  const over = (): void => {
    socket.off("close", over);
    response.off("close", over);
    then();
  };
  socket.once("close", over);
  response.once("close", over);
}

/** The framework is done with it: else it would be served once its answer is cut. */
function letBe(reply: FastifyReply): FastifyReply {
  return reply.hijack();
}

/** A connection on which nothing happens is closed otherwise. Gives back what makes it so again. */
function keepWhileIdle({ raw: { socket } }: FastifyRequest): () => void {
  const idleMs = socket.timeout ?? 0;
  socket.setTimeout(0);
  return () => void socket.setTimeout(idleMs);
}
