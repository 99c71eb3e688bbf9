import type { IncomingMessage } from "node:http";
import { isIP } from "node:net";
import type { FastifyRequest } from "fastify";
import type { Door } from "./door.ts";
import { forwardedFault, withoutPorts } from "./forwarded.ts";
import type { AnsweredFault } from "./visit-fault.ts";
import { trustedAmong, type Trusts } from "./trusted-proxies.ts";

/** How a site is asked for, whichever way it is reached. */
export interface WayIn {
  /** Of a site that is at one alone. */
  readonly address: URL | undefined;
  /** Who is believed about for whom it asks; undefined: nobody. */
  readonly trusts: Trusts | undefined;
  /** What every answer says besides. */
  readonly headers: Readonly<Record<string, string>>;
  /** Of each request, before anything else looks at it. */
  readonly prepare: (request: IncomingMessage) => void;
  readonly faultIn: (request: FastifyRequest) => AnsweredFault | undefined;
  /** What `Origin` is, of a form that one of the pages of this request sends. */
  readonly originOf: (request: FastifyRequest) => string;
}

/** @param door absent: HTTP, on this computer alone */
export function wayIn(door: Door | undefined, port: () => number): WayIn {
  const scheme = door === undefined ? "http" : "https";
  const { address, trustedProxies } = door ?? {};
  const trusts = trustedProxies && trustedAmong(trustedProxies);
  const names = (): readonly string[] => (address === undefined ? localNames(scheme, port()) : namesOf(address));
  return {
    address,
    trusts,
    headers: address === undefined || !isLasting(address.hostname) ? {} : { "strict-transport-security": oneYear },
    prepare: trusts === undefined ? () => undefined : withoutPorts,
    faultIn(request) {
      const fault = trusts && forwardedFault(request, trusts);
      if (fault !== undefined) return fault;
      // Of several, Node.js knows the first alone; a proxy before it may have gone by another.
      const [host, ...others] = request.raw.headersDistinct["host"] ?? [];
      return host !== undefined && others.length === 0 && names().includes(host.toLowerCase())
        ? undefined
        : "other-name";
    },
    originOf: ({ headers }) => address?.origin ?? `${scheme}://${headers.host}`,
  };
}

const oneYear = "max-age=31536000";

/** What a browser remembers of `localhost` would keep it from every other program that is developed there. */
function isLasting(hostname: string): boolean {
  return isIP(hostname.replaceAll(/[[\]]/g, "")) === 0 && !/(^|\.)localhost$/.test(hostname);
}

function namesOf({ hostname, host, port }: URL): readonly string[] {
  return port === "" ? [hostname, `${hostname}:443`] : [host];
}

function localNames(scheme: "http" | "https", port: number): readonly string[] {
  const usual = port === (scheme === "http" ? 80 : 443);
  return ["127.0.0.1", "[::1]", "localhost"].map((name) => (usual ? name : `${name}:${port}`));
}
