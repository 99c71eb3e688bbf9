// Clients that do what no client library lets one do, at a door of the server that is fuzzed.

import { randomUUID } from "node:crypto";
import { once } from "node:events";
import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";

import type { Answer } from "../fuzz/answers.ts";
import { type Doors, meet, open } from "../fuzz/connection.ts";
import { tokenOf } from "../fuzz/drafts.ts";

export interface RawClient {
  readonly socket: Socket;
  /** All that has come, as Latin-1. */
  readonly text: string;
  /** Resolves when the connection has ended. */
  readonly closed: Promise<void>;
}

/** Connected, and through the handshake if there is one. */
export async function connectTo(door: Doors[number]): Promise<RawClient> {
  const socket = open(door);
  let text = "";
  socket.on("data", (piece: Buffer) => {
    text += piece.toString("latin1");
  });
  const closed = new Promise<void>((resolve) => {
    socket.once("close", () => resolve());
  });
  const connected = "encrypted" in socket ? "secureConnect" : "connect";
  await once(socket as TLSSocket, connected);
  return {
    socket,
    get text() {
      return text;
    },
    closed,
  };
}

/** The head of a request with a new token; what tells where its body ends is among the headers given. */
export function head(
  mailbox: string,
  method: string,
  target: string,
  headers: Readonly<Record<string, string | number>> = {},
): string {
  const all = { Host: "localhost", Authorization: tokenOf(mailbox, randomUUID()), ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} /messageexchange/${mailbox}/${target} HTTP/1.1\r\n${lines.join("")}\r\n`;
}

/** One request as a client makes it, on a connection that may be used again. */
export async function ask(
  socket: Socket,
  mailbox: string,
  method: string,
  target: string,
  headers: Readonly<Record<string, string | number>> = {},
  body: Buffer = Buffer.alloc(0),
): Promise<Answer> {
  const length = body.length > 0 ? { "Content-Length": body.length } : {};
  const bytes = Buffer.concat([Buffer.from(head(mailbox, method, target, { ...headers, ...length })), body]);
  const { answers } = await meet(socket, { kind: "intact", methods: [method], bytes, endless: false });
  return answers[0]!;
}

/** As `ask`, on a connection of its own; the answer's body as JSON. */
export async function askOnce<Told>(door: Doors[number], mailbox: string, target: string): Promise<Told> {
  const socket = open(door);
  try {
    const { body } = await ask(socket, mailbox, "GET", target, { Accept: "application/vnd.mesh.v2+json" });
    return JSON.parse(body.toString()) as Told;
  } finally {
    socket.destroy();
  }
}
