import type { IncomingMessage } from "node:http";
import type { Readable } from "node:stream";

import type { PieceSource } from "./checked-pieces.ts";
import { letGo } from "./write-pieces.ts";

/**
 * The bytes of an answer, as a body is read. What the answer fails with says nothing of the body.
 * @param silence milliseconds for which nothing may come, once somebody asks for more
 */
export function s3Source(
  answer: Readable,
  { silence, failure }: { silence: number; failure: (error: unknown) => Error },
): PieceSource {
  // It may fail before it is read.
  answer.on("error", () => undefined);
  const coming = answer[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
  let left: Uint8Array = new Uint8Array(0);
  let isClosed = false;

  async function next(): Promise<Uint8Array | undefined> {
    const timer = setTimeout(() => {
      answer.destroy(Object.assign(new Error("The store has fallen silent."), { code: "ETIMEDOUT" }));
    }, silence);
    try {
      const { value, done } = await coming.next();
      return done === true ? undefined : value;
    } catch (error) {
      // Whoever reads has gone: nothing is wrong with the store.
      throw isClosed ? error : failure(error);
    } finally {
      clearTimeout(timer);
    }
  }

  return {
    async read(into) {
      let filled = 0;
      while (filled < into.byteLength) {
        if (left.byteLength === 0) {
          const piece = await next();
          if (piece === undefined) break;
          left = piece;
        }
        const taken = left.subarray(0, into.byteLength - filled);
        into.set(taken, filled);
        filled += taken.byteLength;
        if (taken.byteLength === left.byteLength) letGo([left]);
        left = taken.byteLength === left.byteLength ? new Uint8Array(0) : left.subarray(taken.byteLength);
      }
      return filled;
    },
    async close() {
      isClosed = true;
      // Its connection is another request's once its end was read; else it is closed with it.
      const isOver = (answer as Partial<IncomingMessage>).complete === true && (await coming.next()).done === true;
      if (!isOver) answer.destroy();
    },
  };
}
