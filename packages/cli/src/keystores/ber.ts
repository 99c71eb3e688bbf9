// ASN.1 as keystores have it (ITU-T X.690): DER, and BER as older programs wrote it, with values of indefinite length and octet
// strings in pieces. Values are found, and not interpreted: whoever reads knows what stands where.

/** One value. */
export interface Ber {
  /** With class and whether it is constructed, such as 0x30 of a SEQUENCE. */
  readonly tag: number;
  readonly content: Buffer;
  /** All of it, tag and length included. */
  readonly whole: Buffer;
}

/** That the bytes are no such thing. */
export class NotBer extends Error {}

/** No keystore is deeper. */
const MOST_DEPTH = 50;
const CONSTRUCTED = 0x20;
export const SEQUENCE = 0x30;

export function readBer(bytes: Buffer): Ber {
  return readAt(bytes, 0, 0);
}

/** The values in one that is constructed. */
export function childrenOf({ tag, content }: Ber): Ber[] {
  if (!isConstructed(tag)) throw new NotBer();
  return valuesIn(content, 0);
}

/** The child at a place, which must be there, with this tag if one is named. */
export function childOf(parent: Ber, index: number, tag?: number): Ber {
  return having(childrenOf(parent)[index], tag);
}

export function having(value: Ber | undefined, tag?: number): Ber {
  if (value === undefined || (tag !== undefined && value.tag !== tag)) throw new NotBer();
  return value;
}

/** What is in an octet string, whole or in pieces; also in one that is tagged implicitly. */
export function octetsOf(value: Ber, depth = 0): Buffer {
  if (depth > MOST_DEPTH) throw new NotBer();
  if (!isConstructed(value.tag)) return value.content;
  return Buffer.concat(childrenOf(value).map((piece) => octetsOf(piece, depth + 1)));
}

/** A positive number, such as a count of iterations. */
export function numberOf({ tag, content }: Ber): number {
  if (tag !== 0x02 || content.length === 0 || content.length > 6) throw new NotBer();
  return content.readUIntBE(0, content.length);
}

/** An object identifier, as `1.2.840.113549.1.7.1`. */
export function oidOf({ tag, content }: Ber): string {
  const [first, ...others] = content;
  if (tag !== 0x06 || first === undefined) throw new NotBer();
  const numbers = [Math.min(2, Math.floor(first / 40)), first < 80 ? first % 40 : first - 80];
  let number = 0;
  for (const octet of others) {
    number = number * 128 + (octet % 128);
    if (octet >= 128) continue;
    numbers.push(number);
    number = 0;
  }
  return numbers.join(".");
}

function isConstructed(tag: number): boolean {
  return Math.floor(tag / CONSTRUCTED) % 2 === 1;
}

function valuesIn(content: Buffer, depth: number): Ber[] {
  const found: Ber[] = [];
  for (let at = 0; at < content.length;) {
    const value = readAt(content, at, depth);
    found.push(value);
    at += value.whole.length;
  }
  return found;
}

function readAt(bytes: Buffer, start: number, depth: number): Ber {
  const tag = bytes[start];
  const first = bytes[start + 1];
  // Tags of more than one octet are in no keystore.
  if (tag === undefined || first === undefined || tag % 32 === 31 || depth > MOST_DEPTH) throw new NotBer();
  if (first === 0x80) return readIndefinite(bytes, start, depth);
  const lengthOctets = first < 0x80 ? 0 : first - 0x80;
  const contentStart = start + 2 + lengthOctets;
  if (lengthOctets > 4 || contentStart > bytes.length) throw new NotBer();
  const length = lengthOctets === 0 ? first : bytes.readUIntBE(start + 2, lengthOctets);
  const end = contentStart + length;
  if (end > bytes.length) throw new NotBer();
  return { tag, content: bytes.subarray(contentStart, end), whole: bytes.subarray(start, end) };
}

/** X.690, 8.1.3.6: values up to one of two zero octets. */
function readIndefinite(bytes: Buffer, start: number, depth: number): Ber {
  const tag = bytes[start]!;
  if (!isConstructed(tag)) throw new NotBer();
  const contentStart = start + 2;
  let at = contentStart;
  while (bytes[at] !== 0 || bytes[at + 1] !== 0) at += readAt(bytes, at, depth + 1).whole.length;
  return { tag, content: bytes.subarray(contentStart, at), whole: bytes.subarray(start, at + 2) };
}
