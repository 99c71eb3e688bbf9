// RC2 (RFC 2268), to read certificates in keystores as Java 8 and Windows wrote them. OpenSSL 3 has it in a provider alone
// that Node.js does not load. It keeps nothing secret; nothing is ever written with it.

/** RFC 2268, clause 2: a permutation of 0 to 255, of the digits of pi. */
const PI: Uint8Array = Buffer.from(
  "d978f9c419ddb5ed28e9fd794aa0d89dc67e37832b76538e624c6488448bfba2179a59f587b34f1361456d8d09817d32" +
    "bd8f40eb86b77b0bf09521225c6b4e82" +
    "54d66593ce60b21c7356c014a78cf1dc1275ca1f3bbee4d1423dd430a33cb626" +
    "6fbf0eda4669075727f21d9bbc944303f811c7f690ef3ee706c3d52fc8661ed7" +
    "08e8eade8052eef784aa72ac354d6a2a961ad2715a1549744b9fd05e0418a4ec" +
    "c2e0416e0f51cbcc2491af50a1f47039997c3a8523b8b47afc02365b25559731" +
    "2d5dfa98e38a92ae05df2910676cbac9d300e6cfe19ea82c6316013f58e289a9" +
    "0d38341bab33ffb0bb480c5fb9b1cd2ec5f3db47e5a59c770aa62068fe7fc1ad",
  "hex",
);

/** Decrypts in CBC mode and takes the padding away; undefined if there is no right padding: the key is another. */
export function decryptRc2(key: Buffer, effectiveBits: number, iv: Buffer, data: Buffer): Buffer | undefined {
  if (iv.length !== 8 || data.length === 0 || data.length % 8 !== 0) return undefined;
  const words = expand(key, effectiveBits);
  const plain = Buffer.alloc(data.length);
  let before = iv;
  for (let at = 0; at < data.length; at += 8) {
    const block = data.subarray(at, at + 8);
    decryptBlock(words, block).forEach((octet, index) => (plain[at + index] = xor(octet, before[index]!)));
    before = block;
  }
  const padding = plain.at(-1)!;
  const isPadded = padding >= 1 && padding <= 8 && plain.subarray(-padding).every((octet) => octet === padding);
  return isPadded ? plain.subarray(0, -padding) : undefined;
}

/** Clause 2, key expansion: 64 words of 16 bits. */
function expand(key: Buffer, effectiveBits: number): Uint16Array {
  const octets = Buffer.alloc(128);
  key.copy(octets);
  for (let at = key.length; at < 128; at += 1) {
    octets[at] = PI[(octets[at - 1]! + octets[at - key.length]!) % 256]!;
  }
  const effective = Math.ceil(effectiveBits / 8);
  const mask = 255 >> (8 * effective - effectiveBits);
  octets[128 - effective] = PI[octets[128 - effective]! & mask]!;
  for (let at = 127 - effective; at >= 0; at -= 1) octets[at] = PI[xor(octets[at + 1]!, octets[at + effective]!)]!;
  return Uint16Array.from({ length: 64 }, (_, index) => octets.readUInt16LE(2 * index));
}

/** Clause 4: 5 mixing rounds, a mashing round, 6, a mashing round, and 5, all of them backwards. */
function decryptBlock(key: Uint16Array, block: Buffer): Buffer {
  const r = Uint16Array.from({ length: 4 }, (_, index) => block.readUInt16LE(2 * index));
  for (let round = 15; round >= 0; round -= 1) {
    unmix(r, key, round);
    if (round === 11 || round === 5) unmash(r, key);
  }
  const plain = Buffer.alloc(8);
  r.forEach((word, index) => plain.writeUInt16LE(word, 2 * index));
  return plain;
}

const rotations = [1, 2, 3, 5];

function unmix(r: Uint16Array, key: Uint16Array, round: number): void {
  for (let index = 3; index >= 0; index -= 1) {
    const rotated = (r[index]! >>> rotations[index]!) | (r[index]! << (16 - rotations[index]!));
    const [one, two, three] = [r[(index + 3) % 4]!, r[(index + 2) % 4]!, r[(index + 1) % 4]!];
    r[index] = rotated - key[4 * round + index]! - (one & two) - (~one & three);
  }
}

function unmash(r: Uint16Array, key: Uint16Array): void {
  for (let index = 3; index >= 0; index -= 1) r[index] = r[index]! - key[r[(index + 3) % 4]! & 63]!;
}

function xor(one: number, other: number): number {
  return one ^ other;
}
