// A text to be gone through once, of which only the pieces that are kept become strings of their own. One character beyond
// Latin-1 makes V8 keep two bytes for each of a string, and everything that looks at it slower, a report of many megabytes
// with it: so what is searched of a message is its bytes. Why: docs/decisions/170-read-as-bytes.md.
import { Buffer, isAscii } from "node:buffer";

export interface Source {
  /**
   * What is searched, a unit an offset: ASCII stands in it as itself, and nothing else looks like ASCII. Of what is beyond
   * ASCII only `slice` tells what it says.
   */
  readonly text: string;
  /** What is written from one offset to another; neither may stand within a character. */
  slice(from: number, to: number): string;
  /** The units that something is written in. */
  unitsOf(written: string): string;
  /** The first offset, from `from` on, at which no character begins; infinite where there is none. */
  nextWithin(from: number): number;
}

/** A unit is a code unit of UTF-16. */
export function sourceOfText(text: string): Source {
  const lowSurrogate = /[\udc00-\udfff]/g;
  return {
    text,
    slice: (from, to) => text.slice(from, to),
    unitsOf: (written) => written,
    nextWithin: (from) => {
      lowSurrogate.lastIndex = from;
      return lowSurrogate.test(text) ? lowSurrogate.lastIndex - 1 : Number.POSITIVE_INFINITY;
    },
  };
}

/** A unit is a byte of UTF-8, which the bytes must be. */
export function sourceOfBytes(bytes: Uint8Array): Source {
  const utf8 = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const text = utf8.toString("latin1");
  if (isAscii(utf8)) return sourceOfText(text);
  return {
    text,
    slice: (from, to) => {
      const units = text.slice(from, to);
      return holdsOnlyAscii(utf8, units, from) ? units : utf8.toString("utf8", from, to);
    },
    unitsOf: (written) => (beyondAscii.test(written) ? Buffer.from(written).toString("latin1") : written),
    nextWithin: (from) => {
      for (let at = from; at < text.length; at += 1) {
        at = nextBeyondAscii(utf8, text, at);
        if ((text.charCodeAt(at) & 0xc0) === 0x80) return at;
      }
      return Number.POSITIVE_INFINITY;
    },
  };
}

// oxlint-disable-next-line no-control-regex -- ASCII begins with them
const beyondAscii = /[^\u0000-\u007f]/;
/** Where a piece is longer, Node's look at the bytes is quicker than V8's at the characters. */
const longPiece = 64;
/** So many bytes are passed over at a time: a power of two. */
const longStride = 4096;

function holdsOnlyAscii(utf8: Buffer, units: string, from: number): boolean {
  return units.length < longPiece ? !beyondAscii.test(units) : isAscii(utf8.subarray(from, from + units.length));
}

/** The text's length where there is none. */
function nextBeyondAscii(utf8: Buffer, text: string, from: number): number {
  let at = skipAscii(text, from, from + longPiece);
  if (at < from + longPiece) return at;
  for (let stride = longStride; stride >= longPiece && at < text.length;) {
    if (isAscii(utf8.subarray(at, at + stride))) at += stride;
    else stride /= 2;
  }
  at = Math.min(at, text.length);
  return skipAscii(text, at, at + longPiece);
}

function skipAscii(text: string, from: number, limit: number): number {
  const end = Math.min(limit, text.length);
  let at = from;
  while (at < end && text.charCodeAt(at) < 0x80) at += 1;
  return at;
}
