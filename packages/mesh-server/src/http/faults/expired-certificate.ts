import type { Socket } from "node:net";
import type { SecureContextOptions, Server } from "node:tls";

import type { Faults } from "../../faults/faults.ts";
import { keyOf } from "./cut.ts";

/** Whether this connection was shown the certificate that has expired. */
export type WasShownExpired = (socket: Socket) => boolean;

/**
 * Shows each new connection to a server that does not listen yet the certificate that the faults ask for. No session that
 * was begun with another is resumed: its tickets are not read any more.
 */
export function showExpired(
  server: Server,
  faults: Faults,
  { right, expired }: { right: SecureContextOptions; expired: { key: string; cert: string } },
): WasShownExpired {
  const shown = new Set<string>();
  let isExpired = false;
  // Before the handshake takes the certificate that is the server's at this moment.
  server.prependListener("connection", (socket: Socket) => {
    const wanted = faults.atConnection().has("expire-certificate");
    if (wanted !== isExpired) {
      isExpired = wanted;
      server.setSecureContext(wanted ? { ...right, ...expired } : right);
    }
    if (!wanted) return;
    const key = keyOf(socket);
    shown.add(key);
    socket.once("close", () => shown.delete(key));
  });
  return (socket) => shown.has(keyOf(socket));
}
