/**
 * Drawn, a picture takes four bytes for each of its pixels, however few bytes it is sent in: of 100 million a browser has them in
 * a second or so. One of 68 bytes that says it has 400 million kept a page from being used for half a minute.
 */
const mostPixels = 100_000_000;

/** A picture with so many pixels that a page with it could not be used, by what its first bytes say of it. */
export function isHugePicture(file: Uint8Array): boolean {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  const { width, height } = pngSize(bytes) ?? jpegSize(bytes) ?? { width: 0, height: 0 };
  return width * height > mostPixels;
}

interface Size {
  width: number;
  height: number;
}

/** IHDR is the first of its chunks (PNG 5.6). */
function pngSize(bytes: Buffer): Size | undefined {
  if (bytes.length < 24 || bytes.readUInt32BE(0) !== 0x89504e47) return undefined;
  return { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) };
}

/** In the header of its first frame (ITU-T T.81, B.2.2). What stands between segments is passed over, as those that draw it do. */
function jpegSize(bytes: Buffer): Size | undefined {
  if (bytes.length < 4 || bytes.readUInt16BE(0) !== 0xffd8) return undefined;
  for (let at = 2; at + 9 <= bytes.length;) {
    const marker = bytes[at] === 0xff ? (bytes[at + 1] ?? 0) : 0xff;
    if (isFrame(marker)) return { height: bytes.readUInt16BE(at + 5), width: bytes.readUInt16BE(at + 7) };
    if (marker === 0xff) at += 1;
    else at += isAlone(marker) ? 2 : 2 + bytes.readUInt16BE(at + 2);
  }
  return undefined;
}

/** SOF0 to SOF15, among which DHT, JPG and DAC have their numbers. */
function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
}

/** Has no length: a byte that is no marker, TEM, RST0 to RST7, SOI. */
function isAlone(marker: number): boolean {
  return marker <= 0x01 || (marker >= 0xd0 && marker <= 0xd8);
}
