import type { IncomingMessage } from "node:http";

/** A client that is still sending does not read its answer: take what comes, up to the size of a request. */
export function drain(request: IncomingMessage, mostBytes: number): void {
  if (request.readableEnded || request.destroyed) return;
  let left = mostBytes;
  request.on("error", () => undefined);
  request.on("data", (piece: Uint8Array) => {
    left -= piece.byteLength;
    if (left < 0) request.destroy();
  });
}
