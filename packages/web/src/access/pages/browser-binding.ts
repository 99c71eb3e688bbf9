import { createHmac, randomBytes } from "node:crypto";
import type { FastifyReply, FastifyRequest } from "fastify";
import { cookieOf, setCookie } from "../sessions/cookies.ts";
import { bindingAt, noteBinding } from "../visitor.ts";

/**
 * What the forms of signing in are tied to, before anybody has: a cookie of the browser that they are shown in, so that no other
 * site can have a person signed in as somebody else. It says nothing of who that is, and is another as soon as a password was
 * right.
 */
export function noteBrowser(request: FastifyRequest): void {
  const cookie = cookieOf(request, "before");
  if (cookie !== undefined && /^[A-Za-z0-9_-]{43}$/.test(cookie)) noteBinding(request, bindingOf(cookie));
}

/** That of this browser, given to it where it has none. */
export function browserBinding(request: FastifyRequest, reply: FastifyReply): string {
  return bindingAt(request) ?? newBrowserBinding(request, reply);
}

export function newBrowserBinding(request: FastifyRequest, reply: FastifyReply): string {
  const cookie = randomBytes(32).toString("base64url");
  const binding = bindingOf(cookie);
  setCookie(reply, "before", cookie);
  noteBinding(request, binding);
  return binding;
}

function bindingOf(cookie: string): string {
  return createHmac("sha256", cookie).update("before").digest("base64url");
}
