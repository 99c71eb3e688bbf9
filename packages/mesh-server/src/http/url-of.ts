import type { AddressInfo } from "node:net";
import { Server as TlsServer } from "node:tls";

import type { FastifyInstance } from "fastify";

/** Where a server listens at a port, with the one that it really has. */
export function urlOf({ server }: FastifyInstance): string {
  const { address, port, family } = server.address() as AddressInfo;
  const scheme = server instanceof TlsServer ? "https" : "http";
  return `${scheme}://${family === "IPv6" ? `[${address}]` : address}:${port}`;
}
