// Where a process of MESH clients is watched: three paths, to be read by whoever reaches the port. They name mailboxes, folders
// and what is wrong with them, and nothing of a patient.
//
// A page of any site that somebody has open on this machine can send requests here, by a name of its own that leads to 127.0.0.1:
// so a Host is loopback, a name of the settings or, where it is told to listen beyond loopback, an address, which no site can
// make lead elsewhere. No CORS header is given, so no page reads an answer.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { once } from "node:events";
import { isIP } from "node:net";
import { type Condition, type Health, liveness, readiness } from "./condition.ts";
import { METRICS_TYPE, metricsOf } from "./metrics.ts";

export interface MonitoringOptions {
  readonly host: string;
  readonly port: number;
  readonly allowHosts: readonly string[];
  readonly condition: () => Condition;
}

export interface Monitoring extends AsyncDisposable {
  readonly url: string;
}

/**
 * A request is three short lines, and its answer is made at once. Whoever sends it letter by letter has one of few connections: looked
 * for every 30 seconds, as Node.js does, a few such would keep a probe of /livez out for so long that it has the client started anew.
 */
const limits = {
  maxHeaderSize: 8 * 1024,
  headersTimeout: 2000,
  requestTimeout: 2000,
  keepAliveTimeout: 5000,
  connectionsCheckingInterval: 500,
};
const MOST_CONNECTIONS = 32;
/** A reader that reads nothing, in milliseconds. */
const IDLE_MS = 10_000;

export async function openMonitoring({ host, port, allowHosts, condition }: MonitoringOptions): Promise<Monitoring> {
  const server = createServer(limits, (request, response) => {
    answer(request, response, { isHostAllowed: (name) => isAllowed(name, host, allowHosts), condition });
  });
  server.maxConnections = MOST_CONNECTIONS;
  server.setTimeout(IDLE_MS, (socket) => socket.destroy());
  server.listen(port, host);
  await once(server, "listening");
  return {
    url: urlOf(server),
    [Symbol.asyncDispose]: async () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

function answer(
  { method, url = "", headers }: IncomingMessage,
  response: ServerResponse,
  { isHostAllowed, condition }: { isHostAllowed: (host: string) => boolean; condition: () => Condition },
): void {
  const say = (status: number, text: string, more: Readonly<Record<string, string>> = {}): void => {
    response.writeHead(status, {
      "content-type": "text/plain; charset=utf-8",
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
      ...more,
    });
    response.end(text);
  };
  const health = ({ isWell, lines }: Health): void => say(isWell ? 200 : 503, `${lines.join("\n")}\n`);
  if (!isHostAllowed(headers.host ?? "")) return say(421, "This name is not served here: see monitoring.allowHosts.\n");
  if (method !== "GET" && method !== "HEAD")
    return say(405, "Read only.\n", { allow: "GET, HEAD", connection: "close" });
  switch (url.replace(/\?.*/, "")) {
    case "/metrics":
      return say(200, metricsOf(condition()), { "content-type": METRICS_TYPE });
    case "/livez":
      return health(liveness(condition()));
    case "/readyz":
      return health(readiness(condition()));
    default:
      return say(404, "There are /metrics, /livez and /readyz.\n");
  }
}

function isAllowed(given: string, listening: string, allowHosts: readonly string[]): boolean {
  const name = nameIn(given);
  if (isLoopback(name)) return true;
  if (allowHosts.some((allowed) => nameIn(allowed) === name)) return name !== "";
  return isIP(name) !== 0 && !isLoopback(listening);
}

function isLoopback(name: string): boolean {
  return name === "localhost" || name === "::1" || (isIP(name) === 4 && name.startsWith("127."));
}

/** Of a Host header: without its port, a dot at its end, and the brackets of an IPv6 address. */
function nameIn(host: string): string {
  const [, address, name] = /^(?:\[([0-9A-Fa-f:.]+)\]|([^:[\]/@\s]+))(?::\d{1,5})?$/.exec(host) ?? [];
  return (address ?? name ?? "").replace(/\.$/, "").toLowerCase();
}

function urlOf(server: Server): string {
  const { address, family, port } = server.address() as { address: string; family: string; port: number };
  return `http://${family === "IPv6" ? `[${address}]` : address}:${port}`;
}
