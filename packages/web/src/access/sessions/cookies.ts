import type { FastifyReply, FastifyRequest } from "fastify";

/**
 * `__Host-`: a browser takes and sends these over HTTPS alone, for this host alone (RFC 6265bis, 4.1.3.2), so that neither
 * another host of the same domain nor a site without HTTPS can have put them there.
 */
const names = {
  /** Who is signed in. */
  session: "__Host-restante",
  /** Ties the forms of signing in to the browser, before anybody has. */
  before: "__Host-restante-before",
  /** See devices.ts. */
  device: "__Host-restante-device",
} as const;

export type Cookie = keyof typeof names;

const attributes = "Path=/; Secure; HttpOnly; SameSite=Lax";

/** Undefined where there is none; also where there are two, of which nobody could say which is the right one. */
export function cookieOf({ headers }: FastifyRequest, cookie: Cookie): string | undefined {
  const prefix = `${names[cookie]}=`;
  const found = (headers.cookie ?? "")
    .split(";")
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(prefix));
  return found.length === 1 ? found[0]?.slice(prefix.length) : undefined;
}

/** Until the browser is closed, where no number of days is given. */
export function setCookie(reply: FastifyReply, cookie: Cookie, value: string, days?: number): void {
  const until = days === undefined ? "" : `; Max-Age=${days * 24 * 3600}`;
  reply.header("set-cookie", `${names[cookie]}=${value}; ${attributes}${until}`);
}

export function removeCookie(reply: FastifyReply, cookie: Cookie): void {
  setCookie(reply, cookie, "", 0);
}
