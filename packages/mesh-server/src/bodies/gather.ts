import type { Readable } from "node:stream";

export interface Gathered {
  readonly pieces: readonly Uint8Array[];
  readonly size: number;
  /** Nothing comes behind it. Else the source is paused, with more than was asked for. */
  readonly isWhole: boolean;
}

/**
 * What comes until the source ends, or until it is more than so much. By events, as nearly every body is one piece: an
 * iterator costs as much as all else that is done to it. What is left of a source that fails is left to whoever owns it.
 */
export function gather(source: Readable, mostBytes: number): Promise<Gathered> {
  return new Promise((resolve, reject) => {
    const pieces: Uint8Array[] = [];
    let size = 0;

    function settle(): void {
      source.off("data", take).off("end", end).off("error", fail).off("close", close);
    }
    function take(piece: Uint8Array): void {
      pieces.push(piece);
      size += piece.byteLength;
      if (size <= mostBytes) return;
      settle();
      source.pause();
      // Until it is read on, what it fails with waits in it.
      source.on("error", () => undefined);
      resolve({ pieces, size, isWhole: false });
    }
    function end(): void {
      settle();
      resolve({ pieces, size, isWhole: true });
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
  });
}
