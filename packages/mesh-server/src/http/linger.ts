// A request that is refused before all of it has come. A client that is still sending does not read its answer, and one
// whose connection is cut while it sends may never: so what comes is taken, up to the size of a request. One that is larger
// ends its connection, and its answer says so, or the client's next request would be lost with it.

import type { IncomingMessage, ServerResponse } from "node:http";

/** What is to be done about the rest of a request that is being answered. */
export interface Lingering {
  /** It is larger than a request may be: the connection ends with its answer. */
  tooLarge: boolean;
  /** All has come that is taken. */
  drained: Promise<void>;
}

/** Takes what is still to come of a request; undefined if it is whole. What comes beyond that cuts it, behind its answer. */
export function linger(request: IncomingMessage, answer: ServerResponse, mostBytes: number): Lingering | undefined {
  if (request.readableEnded || request.destroyed) return undefined;
  const length = Number(request.headers["content-length"] ?? 0);
  return { tooLarge: length > mostBytes, drained: drain(request, answer, mostBytes) };
}

function drain(request: IncomingMessage, answer: ServerResponse, mostBytes: number): Promise<void> {
  return new Promise((resolve) => {
    let left = mostBytes;
    request
      .once("close", resolve)
      .once("end", resolve)
      .on("error", () => resolve())
      .on("data", (piece: Uint8Array) => {
        left -= piece.byteLength;
        if (left >= 0) return;
        request.pause();
        if (answer.writableEnded) request.destroy();
        else answer.once("finish", () => request.destroy());
        resolve();
      });
  });
}
