import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { codeOf } from "./error-code.ts";

/** Why bytes that are said to be gzip cannot be decompressed. */
export type Damage = "empty" | "not-gzip" | "cut-off" | "damaged" | "more-behind-its-end";

/** Content that is not what it says it is. Trying again brings the same. */
export class DamagedGzip extends Error {
  readonly damage: Damage;

  constructor(damage: Damage) {
    super(damage);
    this.damage = damage;
  }
}

const damageCodes: ReadonlySet<string> = new Set(["Z_DATA_ERROR", "Z_BUF_ERROR", "Z_NEED_DICT"]);

/**
 * What a stream decompresses to, piece by piece, no faster than it is read. Throws {@link DamagedGzip}, or what the
 * stream fails with. All of it must be gzip, one member after another; zeros behind the end are padding. (Node.js by
 * itself passes over anything that begins with a zero there, and so over whatever follows.)
 */
export async function* gunzip(source: Readable): AsyncGenerator<Buffer, void, undefined> {
  const decoder = createGunzip();
  /** The first two bytes: RFC 1952, 2.3.1. */
  const magic: number[] = [];
  let taken = 0;
  let lastByteSet = -1;
  const ending = pipeline(
    source,
    async function* (pieces: AsyncIterable<Buffer>) {
      for await (const piece of pieces) {
        if (magic.length < 2) magic.push(...piece.subarray(0, 2 - magic.length));
        const last = piece.findLastIndex((byte) => byte !== 0);
        if (last >= 0) lastByteSet = taken + last;
        taken += piece.length;
        yield piece;
      }
    },
    decoder,
  );
  // Awaited below; marked as handled now, because the reader may fail first.
  ending.catch(() => undefined);
  try {
    // Not destroyed at its end: padding that is still to come would have nowhere to go.
    yield* decoder.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
    await ending;
  } catch (error) {
    throw damageCodes.has(codeOf(error) ?? "") ? new DamagedGzip(damageOf(error, magic)) : error;
  } finally {
    decoder.destroy();
  }
  if (lastByteSet >= decoder.bytesWritten) throw new DamagedGzip("more-behind-its-end");
}

function damageOf(error: unknown, [first, second]: readonly number[]): Damage {
  if (first === undefined) return "empty";
  if (first !== 0x1f || (second !== undefined && second !== 0x8b)) return "not-gzip";
  return codeOf(error) === "Z_BUF_ERROR" ? "cut-off" : "damaged";
}
