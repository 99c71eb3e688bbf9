import type { IncomingMessage } from "node:http";
import { TLSSocket } from "node:tls";

/** Asked once for each connection: what a handshake has shown stays so, and to take a certificate out of it costs as much as a request. */
const trusted = new WeakSet<TLSSocket>();

/** Why the client of this request is not trusted; undefined if it is, or if this door has no TLS (`Door.tls`). */
export function distrust({ socket }: IncomingMessage): string | undefined {
  return socket instanceof TLSSocket ? distrustOf(socket) : undefined;
}

/**
 * Why the client of this connection is not trusted; undefined if it is. The handshake is let through (see
 * `TlsConfig.strict`) so that the reason can be told. To be asked once the handshake is over.
 */
export function distrustOf(socket: TLSSocket): string | undefined {
  if (trusted.has(socket)) return undefined;
  // Asked by itself: of a client without a certificate `authorizationError` speaks of a missing issuer.
  if (socket.getPeerX509Certificate() === undefined) return "the client has shown no certificate";
  if (!socket.authorized) return `the client's certificate is not trusted: ${String(socket.authorizationError)}`;
  trusted.add(socket);
  return undefined;
}
