import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { Clock } from "@restante/mesh";

/**
 * Tokens that tie a form to the page it was shown on, so that another site cannot have a signed-in browser send it. Until
 * sign-in exists there is no session to tie them to: each is bound to its action, and good for 12 to 24 hours or until the
 * system is started again, whichever comes first.
 */
export interface FormTokens {
  issue(action: string): string;
  accepts(action: string, token: unknown): boolean;
}

const windowMs = 12 * 60 * 60 * 1000;

export function createFormTokens(clock: Clock): FormTokens {
  const key = randomBytes(32);
  const now = (): number => Math.floor(clock.now().getTime() / windowMs);
  const sign = (action: string, window: number): string =>
    createHmac("sha256", key).update(`${window} ${action}`).digest("base64url");

  return {
    issue: (action) => sign(action, now()),
    accepts: (action, token) =>
      typeof token === "string" && [now(), now() - 1].some((window) => isSame(sign(action, window), token)),
  };
}

function isSame(expected: string, given: string): boolean {
  const [a, b] = [Buffer.from(expected), Buffer.from(given)];
  return a.length === b.length && timingSafeEqual(a, b);
}
