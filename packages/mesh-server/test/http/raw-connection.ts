import { once } from "node:events";
import type { Socket } from "node:net";
import { connect } from "node:tls";

import { clientCertificate, type ReachableServer, testToken } from "@restante/testbed";

import { type Answer, answerReader } from "../../fuzz/answers.ts";

/** A connection over which bytes go as they are written here. */
export interface RawConnection extends Disposable {
  readonly socket: Socket;
  write(bytes: Uint8Array | string): void;
  /** The answers, once there are so many or the connection has ended. */
  answers(count: number): Promise<readonly Answer[]>;
}

/** @param methods of the requests that will go, in order */
export async function connectRaw(
  server: ReachableServer,
  mailboxId: string,
  methods: readonly string[],
): Promise<RawConnection> {
  const { hostname: host, port } = new URL(server.url);
  const certificate = await clientCertificate(server, mailboxId);
  const socket = connect({ host, port: Number(port), ca: server.authority.caPem, ...certificate });
  socket.on("error", () => undefined);
  await once(socket, "secureConnect");
  const reader = answerReader(methods);
  const read: Answer[] = [];
  let ended = false;
  let look = (): void => undefined;
  socket.on("data", (piece: Buffer) => {
    read.push(...reader.push(piece));
    look();
  });
  socket.once("close", () => {
    ended = true;
    read.push(...reader.end());
    look();
  });
  return {
    socket,
    write: (bytes) => void socket.write(bytes),
    answers: (count) =>
      new Promise((resolve) => {
        look = () => {
          if (ended || read.length >= count) resolve(read);
        };
        look();
      }),
    [Symbol.dispose]: () => socket.destroy(),
  };
}

/** The head of a request with a new token. */
export function headOf(
  server: ReachableServer,
  mailboxId: string,
  method: string,
  target: string,
  headers: Readonly<Record<string, string>> = {},
): string {
  const all = { Host: "localhost", Authorization: testToken(server, mailboxId), ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} /messageexchange/${mailboxId}${target} HTTP/1.1\r\n${lines.join("")}\r\n`;
}
