import type { FaultEffect } from "@restante/control";
import type { FastifyReply, FastifyRequest } from "fastify";

import { Refusal, refusalBody, type RefusalCode } from "../refusal.ts";
import { negotiateVersion, sendJson, sendNothing } from "../version.ts";
import type { RequestPoint } from "../../faults/effects.ts";

type StatusEffect = Extract<FaultEffect, { do: "status" }>;

/** The errors of the API that a client meets most with each status. */
const errors: Readonly<Record<number, RefusalCode>> = {
  300: "local-id-not-unique",
  400: "request-malformed",
  403: "token-not-genuine",
  404: "message-unknown",
  405: "method-not-allowed",
  406: "chunk-beyond-total",
  409: "chunk-content-changed",
  410: "message-gone",
  413: "body-too-large",
  417: "unknown-recipient",
  423: "upload-complete",
  429: "too-many-requests",
  500: "failed",
  503: "unavailable",
};

/** Where no message is asked for, none is unknown. */
const withoutMessage: ReadonlySet<RequestPoint> = new Set(["handshake", "send", "list", "lookup"]);

/** Answers so: with the text that is given, else as the API does with this status, else with no body. */
export function answerStatus(
  request: FastifyRequest,
  reply: FastifyReply,
  { status, body, retryAfter }: StatusEffect,
  point: RequestPoint,
): FastifyReply {
  if (retryAfter !== undefined) reply.header("retry-after", retryAfter);
  if (body !== undefined) {
    return reply
      .code(status)
      .type(isJson(body) ? "application/json" : "text/plain; charset=utf-8")
      .send(Buffer.from(body));
  }
  const code = status === 404 && withoutMessage.has(point) ? "resource-unknown" : errors[status];
  if (code === undefined) return sendNothing(reply, status);
  const version = negotiateVersion(request, reply);
  return sendJson(reply, status, refusalBody(new Refusal(code), version), version);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
