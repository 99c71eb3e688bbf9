import type { Readable } from "node:stream";

import type { BodyDamage } from "@restante/mesh";

import { MeshServerError } from "../errors.ts";

/** A body where it lies: in the row of its chunk, or in a file that the row names. */
export type StoredBody = (
  | { kind: "inline"; size: number; bytes: Uint8Array }
  | { kind: "file"; size: number; fileName: string }
) & {
  /** Of the bytes as they came. Absent from rows that were written before there was one. */
  sha256?: Uint8Array;
};

/**
 * Where large bodies are kept. A small body travels in its row and needs no room here.
 *
 * Promises: a body received is synced, name and all, before the promise resolves, so a row may name it; memory does not
 * grow with its size; a body that is not what was received never reaches a reader whole.
 */
export interface Bodies {
  /**
   * Takes a body in to its end.
   * @param name made of a message id and a chunk number: it says nothing of the content
   * @param expectedBytes what Content-Length says, if it is known
   * @param sender the mailbox that sends it, which has a share at most of the memory for bodies on their way
   * @throws {MeshServerError} `body-too-large`, `body-cut-short`, `store-full`
   */
  receive(
    source: Readable,
    name: string,
    options: { maxBytes: number; expectedBytes?: number; sender?: string },
  ): Promise<StoredBody>;
  /**
   * The bytes: as they are where they lay in a row, as a stream where they lie in a file. Such a stream holds its last
   * piece back until the whole is known to be right; it fails with `BodyDamaged` if it is not.
   * @throws {BodyDamaged} if that can be told before
   */
  open(body: StoredBody): Promise<Buffer | Readable>;
  /**
   * Deletes a body that no row names any more. Never fails: what cannot be deleted is told, and the sweep's next time.
   * @param signal what another machine has not deleted by then is the sweep's too. A file is deleted whatever it says
   */
  discard(body: StoredBody, signal?: AbortSignal): Promise<void>;
}

/** A stored body is not what was received: nobody is given it. A person may put the file back. */
export class BodyDamaged extends MeshServerError {
  readonly damage: BodyDamage;

  constructor(damage: BodyDamage, options?: ErrorOptions) {
    super("body-damaged", `The stored body is ${damage}.`, options);
    this.damage = damage;
  }
}

export function bodyTooLarge(maxBytes: number): MeshServerError {
  return new MeshServerError("body-too-large", `A request holds at most ${maxBytes} bytes.`);
}
