import type { Readable } from "node:stream";

export interface Gathered {
  readonly pieces: readonly Uint8Array[];
  readonly size: number;
  /** Nothing comes behind it. Else the source is paused, with more than was asked for: what is behind may be gathered. */
  readonly isEnd: boolean;
}

/**
 * What comes until the source ends, or until it is more than so many bytes or pieces. By events, as nearly every body is
 * one piece: an iterator costs as much as all else that is done to it. What is left of a source that fails is left to
 * whoever owns it.
 */
export function gather(
  source: Readable,
  mostBytes: number,
  mostPieces: number = Number.POSITIVE_INFINITY,
): Promise<Gathered> {
  return new Promise((resolve, reject) => {
    const pieces: Uint8Array[] = [];
    let size = 0;

    function settle(): void {
      source.off("data", take).off("end", end).off("error", fail).off("close", close);
    }
    function take(piece: Uint8Array): void {
      pieces.push(piece);
      size += piece.byteLength;
      if (size <= mostBytes && pieces.length <= mostPieces) return;
      settle();
      source.pause();
      // Until it is read on, what it fails with waits in it.
      source.off("error", wait).on("error", wait);
      resolve({ pieces, size, isEnd: false });
    }
    function end(): void {
      settle();
      resolve({ pieces, size, isEnd: true });
    }
    function fail(error: Error): void {
      settle();
      reject(error);
    }
    function close(): void {
      // Without a word, before its end.
      fail(source.errored ?? Object.assign(new Error("Premature close"), { code: "ERR_STREAM_PREMATURE_CLOSE" }));
    }
    if (source.readableEnded) return end();
    if (source.destroyed) return close();
    source.on("data", take).on("end", end).on("error", fail).on("close", close);
    if (source.isPaused()) source.resume();
  });
}

function wait(): void {
  // `errored` has it.
}
