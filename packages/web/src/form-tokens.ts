import { createHmac, randomBytes } from "node:crypto";
import type { Clock } from "@restante/mesh";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { faultStatus, faultWords, type TellVisit } from "./access/door/visit-fault.ts";
import { isOfPrograms } from "./access/route-access.ts";
import { bindingAt } from "./access/visitor.ts";
import { refusal } from "./refusal.ts";
import { isSameBytes } from "./same-bytes.ts";

/**
 * Tokens that tie a form to the sign-in of the person whom it was shown to (before it, to their browser), so that nobody else, and no other site, can have
 * it sent. Each is bound to the address that the form goes to, and good for 12 to 24 hours or until the system is started
 * again, whichever comes first.
 */
export interface FormTokens {
  /** @param action the address that the form goes to */
  issue(request: FastifyRequest, action: string): string;
  accepts(request: FastifyRequest, action: string, token: unknown): boolean;
}

const windowMs = 12 * 60 * 60 * 1000;

export function createFormTokens(clock: Clock): FormTokens {
  const key = randomBytes(32);
  const now = (): number => Math.floor(clock.now().getTime() / windowMs);
  const sign = (binding: string, action: string, window: number): string =>
    createHmac("sha256", key)
      .update(JSON.stringify([binding, window, action]))
      .digest("base64url");

  return {
    issue(request, action) {
      const binding = bindingAt(request);
      if (binding === undefined) throw new TypeError("A form that is tied to nobody.");
      return sign(binding, action, now());
    },
    accepts(request, action, token) {
      const binding = bindingAt(request);
      if (binding === undefined || typeof token !== "string") return false;
      return [now(), now() - 1].some((window) =>
        isSameBytes(Buffer.from(sign(binding, action, window)), Buffer.from(token)),
      );
    },
  };
}

/** Refuses every form that was not shown for its address, or too long ago: no route has to ask for its token. */
export function requireFormTokens(app: FastifyInstance, tokens: FormTokens, onFault: TellVisit): void {
  app.addHook("preHandler", async (request) => {
    // No browser sends on its own what a program asks by.
    if (request.method !== "POST" || request.is404 || isOfPrograms(request)) return;
    const { token } = (request.body ?? {}) as { token?: unknown };
    if (tokens.accepts(request, request.url, token)) return;
    const fault = "form-without-token";
    onFault(fault, request.ip);
    throw refusal(faultStatus[fault], faultWords(fault));
  });
}
