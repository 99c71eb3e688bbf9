// Ways to end a connection that is not at its end.

import type { ServerResponse } from "node:http";
import type { Server, Socket } from "node:net";
import { TLSSocket } from "node:tls";

/** Cuts a connection so that its client is told that it was reset (RST), over TLS too. */
export type ResetConnection = (socket: Socket) => void;

/** To be called before the server listens. */
export function resetsOf(server: Server): ResetConnection {
  // Only the connection below TLS can be reset, and nobody names it to the one above.
  const below = new Map<string, Socket>();
  server.prependListener("connection", (socket: Socket) => {
    const key = keyOf(socket);
    below.set(key, socket);
    socket.once("close", () => {
      if (below.get(key) === socket) below.delete(key);
    });
  });
  return (socket) => {
    const lowest = socket instanceof TLSSocket ? below.get(keyOf(socket)) : socket;
    // While a connection ends by itself it cannot be reset, and to ask for it would leave it open for ever (libuv, uv_tcp_close_reset).
    if (!socket.writableEnded && lowest?.writableEnded === false) lowest.resetAndDestroy();
    socket.destroy();
  };
}

/** The same for a connection and for the TLS upon it. */
export function keyOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}

/** Ends the connection once all that was written has gone out, this answer's own part too; answers before it go first. */
export function cutAfterwards(response: ServerResponse): void {
  // What was written just now is held back until the next tick, to go out in one piece.
  const cut = (): void => void setImmediate(() => response.socket?.destroySoon());
  // Its turn may not have come: another request's answer goes out on this connection.
  if (response.socket === null) response.once("socket", cut);
  else cut();
}
