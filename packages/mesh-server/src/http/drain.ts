// A client that is still sending does not read its answer, and one whose connection is cut while it sends may never: so
// what comes of a request is taken, up to the size of one. A request that is larger ends its connection, and its answer
// says so, or the client's next request would be lost with it.

import type { IncomingMessage, ServerResponse } from "node:http";

/** What is still to come of a request that is being answered. */
export interface Rest {
  /** The request is larger than it may be: the connection ends with its answer. */
  tooLarge: boolean;
  /** All has come that is taken. */
  drained: Promise<void>;
}

/** Takes the rest of a request; undefined if it is whole. */
export function drainRest(request: IncomingMessage, answer: ServerResponse, mostBytes: number): Rest | undefined {
  if (request.readableEnded || request.destroyed) return undefined;
  const length = Number(request.headers["content-length"] ?? 0);
  return { tooLarge: length > mostBytes, drained: drain(request, mostBytes, answer) };
}

/** Takes what comes; what comes beyond so much ends the connection, once the answer, if there is to be one, is sent. */
export function drain(request: IncomingMessage, mostBytes: number, answer?: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    if (request.readableEnded || request.destroyed) return resolve();
    let left = mostBytes;
    request
      .once("close", resolve)
      .once("end", resolve)
      .on("error", () => resolve())
      .on("data", (piece: Uint8Array) => {
        left -= piece.byteLength;
        if (left >= 0) return;
        request.pause();
        if (answer === undefined || answer.writableEnded) request.destroy();
        else answer.once("finish", () => request.destroy());
        resolve();
      })
      // Whoever began to read it may have paused it.
      .resume();
  });
}
