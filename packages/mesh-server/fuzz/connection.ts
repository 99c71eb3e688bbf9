import { connect, type Socket } from "node:net";
import { connect as connectTls, type ConnectionOptions } from "node:tls";

import { type Answer, answerReader } from "./answers.ts";
import type { Exchange } from "./exchange.ts";

/** Each exchange is over by then: no client waits longer. */
const LONGEST_MS = 20_000;

export interface Met {
  answers: readonly Answer[];
  /** Of the answers of a broken exchange, which are not read further. */
  statuses: readonly number[];
  /** The connection is good for another. */
  goesOn: boolean;
}

export type Doors = readonly { host: string; port: number; tls?: ConnectionOptions }[];

export function open({ host, port, tls }: Doors[number]): Socket {
  const socket = tls === undefined ? connect(port, host) : connectTls({ ...tls, host, port });
  return socket.setNoDelay().on("error", () => undefined);
}

/** @throws what was wrong with how the server took it */
export function meet(socket: Socket, exchange: Exchange): Promise<Met> {
  return exchange.kind === "intact" || exchange.kind === "orderly"
    ? meetAnswers(socket, exchange)
    : meetEnd(socket, exchange);
}

function meetAnswers(socket: Socket, { kind, methods, bytes }: Exchange): Promise<Met> {
  const reader = answerReader(methods);
  const answers: Answer[] = [];
  return settled(socket, ({ resolve, reject }) => {
    const done = (): void =>
      resolve({ answers, statuses: [], goesOn: answers.length === methods.length && answers.at(-1)?.last === false });
    return {
      onData(piece) {
        answers.push(...reader.push(piece));
        if (answers.length > methods.length) reject(new Error("more answers than requests"));
        if (answers.length === methods.length && answers.at(-1)?.last === false) done();
      },
      onClose() {
        answers.push(...reader.end());
        if (kind === "intact" && answers.length < methods.length && answers.at(-1)?.last !== true) {
          reject(new Error(`closed after ${answers.length} of ${methods.length} answers`));
        } else done();
      },
      begin: () => void socket.write(bytes),
    };
  });
}

function meetEnd(socket: Socket, { kind, bytes }: Exchange): Promise<Met> {
  const pieces: Buffer[] = [];
  return settled(socket, ({ resolve }) => ({
    onData: (piece) => pieces.push(piece),
    onClose() {
      const text = Buffer.concat(pieces).toString("latin1");
      const statuses = Array.from(text.matchAll(/^HTTP\/1\.1 (\d{3})/gm), ([, status]) => Number(status));
      resolve({ answers: [], statuses, goesOn: false });
    },
    begin: () => {
      if (kind === "gone") socket.write(bytes, () => socket.destroy());
      else socket.end(bytes);
    },
  }));
}

interface Hands {
  onData(piece: Buffer): void;
  onClose(): void;
  begin(): void;
}

/** Hands the connection to these until they have settled it, or their time is up. */
function settled(
  socket: Socket,
  handsOf: (to: { resolve: (met: Met) => void; reject: (error: Error) => void }) => Hands,
): Promise<Met> {
  return new Promise((resolve, reject) => {
    const release = (): void => {
      clearTimeout(timer);
      socket.off("data", onData).off("close", onClose);
    };
    const hands = handsOf({
      resolve(met) {
        release();
        resolve(met);
      },
      reject(error) {
        release();
        reject(error);
      },
    });
    const guarded = (work: () => void): void => {
      try {
        work();
      } catch (error) {
        release();
        reject(error);
      }
    };
    const onData = (piece: Buffer): void => guarded(() => hands.onData(piece));
    const onClose = (): void => guarded(() => hands.onClose());
    const timer = setTimeout(() => {
      release();
      socket.destroy();
      reject(new Error(`neither answered nor closed within ${LONGEST_MS} ms`));
    }, LONGEST_MS);
    socket.on("data", onData).once("close", onClose);
    if (socket.destroyed) onClose();
    else hands.begin();
  });
}
