// Connections that have not shown a certificate of ours: whoever can reach the port can open them. At a door without TLS,
// where nobody has one, those that have not asked for anything.
//
//   stranger   from the first packet on. It counts for its address and for all, and is cut when its time is up.
//   trusted    its handshake has shown a trusted certificate, or it has made a request to a door without TLS: it counts
//              no more, and nothing here ends it.
// Where there are too many the oldest goes, not the newest: a client of ours is a stranger for the milliseconds of its
// handshake, so the oldest are those who will not show anything. So no number of them keeps a client out, not even from
// its own address.

import type { IncomingMessage } from "node:http";
import type { Server, Socket } from "node:net";
import type { TLSSocket } from "node:tls";

import { distrustOf } from "../auth/client-certificate.ts";
import { addressGroup } from "./address-group.ts";

export interface StrangerLimits {
  /** What makes one of ours. Default: a certificate. */
  shownBy?: "certificate" | "request";
  mostPerAddress: number;
  most: number;
  /** How long one may stay, whatever it does. */
  longestMs: number;
  /** One was cut for the sake of another. Of an address, if that alone had too many. */
  onDropped(reason: string, address?: string): void;
}

interface Stranger {
  socket: Socket;
  address: string;
  since: number;
}

/** Holds the strangers of a server, with TLS or without, to the limits until it closes. */
export function limitStrangers(server: Server, limits: StrangerLimits): void {
  const { shownBy = "certificate" } = limits;
  const lacking = shownBy === "certificate" ? "without a trusted certificate" : "that have asked for nothing";
  // Both in the order of arrival.
  const all = new Map<string, Stranger>();
  const byGroup = new Map<string, Map<string, Stranger>>();

  function forget(key: string): void {
    const stranger = all.get(key);
    if (stranger === undefined) return;
    all.delete(key);
    const group = addressGroup(stranger.address);
    byGroup.get(group)?.delete(key);
    if (byGroup.get(group)?.size === 0) byGroup.delete(group);
  }

  function cutOldest(of: ReadonlyMap<string, Stranger>): void {
    const [oldest] = of;
    if (oldest === undefined) return;
    const [key, { socket }] = oldest;
    forget(key);
    socket.destroy();
  }

  server.on("connection", (socket: Socket) => {
    const address = socket.remoteAddress;
    // It is gone already.
    if (address === undefined) return;
    const key = keyOf(socket);
    const stranger = { socket, address, since: performance.now() };
    const group = addressGroup(address);
    const neighbours = byGroup.get(group) ?? new Map<string, Stranger>();
    byGroup.set(group, neighbours);
    all.set(key, stranger);
    neighbours.set(key, stranger);
    socket.once("close", () => {
      if (all.get(key) === stranger) forget(key);
    });
    if (neighbours.size > limits.mostPerAddress) {
      cutOldest(neighbours);
      limits.onDropped(`more than ${limits.mostPerAddress} from one address ${lacking}`, address);
    }
    if (all.size > limits.most) {
      cutOldest(all);
      limits.onDropped(`more than ${limits.most} ${lacking}`);
    }
  });

  server.on("secureConnection", (socket: TLSSocket) => {
    if (distrustOf(socket) === undefined) forget(keyOf(socket));
  });
  if (shownBy === "request") {
    server.on("request", ({ socket }: IncomingMessage) => {
      // As with nearly every request.
      if (all.size > 0) forget(keyOf(socket));
    });
  }

  const look = setInterval(() => {
    const latest = performance.now() - limits.longestMs;
    for (const [key, { socket, since }] of all) {
      if (since > latest) break;
      forget(key);
      socket.destroy();
    }
  }, limits.longestMs / 10).unref();
  server.once("close", () => clearInterval(look));
}

/** The same for a connection and for the TLS upon it. */
function keyOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}
