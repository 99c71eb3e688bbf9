// A large body on its way into an S3-compatible store. What fits into a part is one object put; what does not is an upload of
// parts, of which one is sent while the next is filled. A part is held until the store has said that it has it, so it can be
// sent again: two of them are held of a body, however large it is, and one where all bodies together hold as much as they may.

import { MeshServerError } from "../errors.ts";
import { beginDigest, type Digest, isDigestedBeside, sharedBytes } from "./digests.ts";
import type { Coming, Writing } from "./receive.ts";
import type { Release, Room } from "./room.ts";
import type { Part, S3Store } from "./s3-store.ts";
import { letGo } from "./write-pieces.ts";

/** The least that S3 takes for a part that is not the last. It takes 10,000 of them: 50 GB, beyond any request. */
export const PART_BYTES: number = 5 * 1024 * 1024;

/** @throws {MeshServerError} `store-busy` if there is no room for it; the reason of its signal */
export async function beginUpload(
  store: S3Store,
  memory: Pick<Room, "take" | "takeNow">,
  name: string,
  { expectedBytes, isOurs, signal }: Coming,
): Promise<Writing> {
  const largest = Math.min(expectedBytes ?? PART_BYTES, PART_BYTES);
  // What comes of it is left where it is until then.
  const held: (Release | undefined)[] = [await memory.take(largest, store.patience.turn, signal)];
  if (held[0] === undefined) {
    const words = "So many large bodies, of this mailbox or of all, are in hand that no more are held.";
    throw new MeshServerError("store-busy", words, { retry: "safe" });
  }
  const isShared = isDigestedBeside(expectedBytes ?? PART_BYTES);
  const whole = beginDigest(isShared);
  let filling = newPart(largest);
  let filled = 0;
  let spare: Buffer | undefined;
  let id: string | undefined;
  const tags: string[] = [];
  let sending: Promise<unknown> = Promise.resolve();
  let mayBeThere = false;

  function newPart(size: number): Buffer {
    return isShared ? Buffer.from(sharedBytes(size).buffer) : Buffer.allocUnsafeSlow(size);
  }

  /** Begins to send what is filled. */
  async function sendFilled(): Promise<void> {
    await sending;
    sending = sendPart(filling.subarray(0, filled));
    sending.catch(() => undefined);
    filled = 0;
  }

  /** Goes on filling what was sent before, or the same once it is sent. */
  async function flush(): Promise<void> {
    await sendFilled();
    const sent = filling;
    const other = spare ?? another();
    if (other === undefined) await sending;
    else [filling, spare] = [other, sent];
  }

  function another(): Buffer | undefined {
    const release = memory.takeNow(PART_BYTES);
    held.push(release);
    return release === undefined ? undefined : newPart(PART_BYTES);
  }

  function letGoOfAll(): void {
    for (const release of held.splice(0)) release?.();
  }

  async function sendPart(bytes: Buffer): Promise<void> {
    id ??= await store.beginUpload(name);
    const [sha256] = await Promise.all([digestOf(bytes, isShared), whole.update(bytes)]);
    tags.push(await store.putPart(name, id, tags.length + 1, { bytes, sha256, signal }));
  }

  return {
    async take(pieces) {
      for (const piece of pieces) {
        for (let from = 0; from < piece.byteLength;) {
          if (filled === filling.byteLength) await flush();
          const next = piece.subarray(from, from + filling.byteLength - filled);
          filling.set(next, filled);
          filled += next.byteLength;
          from += next.byteLength;
        }
      }
      if (isOurs) letGo(pieces);
    },

    async finish() {
      // Only what more came behind was flushed: the last part is here.
      if (id === undefined && spare === undefined) {
        const bytes = filling.subarray(0, filled);
        await whole.update(bytes);
        const sha256 = await whole.digest();
        mayBeThere = true;
        await store.put(name, { bytes, sha256, signal } satisfies Part);
        letGoOfAll();
        return sha256;
      }
      await sendFilled();
      await sending;
      letGoOfAll();
      const sha256 = await whole.digest();
      mayBeThere = true;
      await store.endUpload(name, id!, tags);
      return sha256;
    },

    async giveUp() {
      whole[Symbol.dispose]();
      // What is still on its way could come to lie in an upload that was ended.
      await sending.catch(() => undefined);
      letGoOfAll();
      if (id !== undefined) await store.abortUpload(name, id).catch(() => undefined);
      if (mayBeThere) await store.delete(name).catch(() => undefined);
    },
  };
}

async function digestOf(bytes: Buffer, isShared: boolean): Promise<Uint8Array> {
  using digest: Digest = beginDigest(isShared);
  await digest.update(bytes);
  return digest.digest();
}
