import type { Readable } from "node:stream";

import { MeshServerError } from "../errors.ts";

/** A body where it lies: in the row of its chunk, or in a file that the row names. */
export type StoredBody =
  | { kind: "inline"; size: number; bytes: Uint8Array }
  | { kind: "file"; size: number; fileName: string };

/**
 * Where large bodies are kept. A small body travels in its row and needs no room here.
 *
 * Promises: a body received is synced, name and all, before the promise resolves, so a row may name it; memory does not
 * grow with its size.
 */
export interface Bodies {
  /**
   * Takes a body in to its end.
   * @param name made of a message id and a chunk number: it says nothing of the content
   * @param expectedBytes what Content-Length says, if it is known
   * @throws {MeshServerError} `body-too-large`, `body-cut-short`, `store-full`
   */
  receive(source: Readable, name: string, options: { maxBytes: number; expectedBytes?: number }): Promise<StoredBody>;
  /** The bytes: as they are where they lay in a row, as a stream where they lie in a file. */
  open(body: StoredBody): Buffer | Readable;
  /** Deletes a file that no row names any more. */
  discard(body: StoredBody): Promise<void>;
  /** Deletes files that no row names: what a crash left between file and row, or between row and file. At start only. */
  sweep(isNamed: (fileName: string) => Promise<boolean>): Promise<number>;
}

export function bodyTooLarge(maxBytes: number): MeshServerError {
  return new MeshServerError("body-too-large", `A request holds at most ${maxBytes} bytes.`);
}
