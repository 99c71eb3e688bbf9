import type { IncomingMessage } from "node:http";
import { isIP } from "node:net";
import type { FastifyRequest } from "fastify";
import type { AnsweredFault } from "./visit-fault.ts";
import type { Trusts } from "./trusted-proxies.ts";

/**
 * What is wrong with a request to a site that is reached through proxies alone. They must say that they were asked over HTTPS
 * (`X-Forwarded-Proto`) and by whom (`X-Forwarded-For`, whose last address that is no proxy's own is `request.ip`); nobody else
 * is believed a word of it. Under which name they were asked is the Host that they pass on: `X-Forwarded-Host` is never read.
 */
export function forwardedFault(request: FastifyRequest, trusts: Trusts): AnsweredFault | undefined {
  if (!trusts(request.socket.remoteAddress)) return "not-the-proxy";
  if (String(request.headers["x-forwarded-proto"]).toLowerCase() !== "https") return "not-over-https";
  // Without the header the proxy itself would be who asks, and one visitor's wrong passwords would be held against all.
  const isNamed = /[^\s,]/.test(String(request.headers["x-forwarded-for"] ?? ""));
  if (!isNamed || isIP(request.ip) === 0) return "visitor-unnamed";
  return undefined;
}

/** Some proxies write the visitor's port too, `192.0.2.1:50123` or `[2001:db8::1]:50123`: it is taken away, before anybody reads it. */
export function withoutPorts(request: IncomingMessage): void {
  const given = request.headers["x-forwarded-for"];
  if (given === undefined) return;
  request.headers["x-forwarded-for"] = [given]
    .flat()
    .join(",")
    .split(",")
    .map((one) =>
      one
        .trim()
        .replace(/^(\d+\.\d+\.\d+\.\d+):\d+$/, "$1")
        .replace(/^\[([^\]]+)\](:\d+)?$/, "$1"),
    )
    .join(", ");
}
