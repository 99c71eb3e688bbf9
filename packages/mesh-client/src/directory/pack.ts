import { createReadStream } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { gzip as gzipCallback } from "node:zlib";
import { codeOf } from "../error-code.ts";
import { MeshClientError } from "../mesh-client-error.ts";
import type { OutgoingMessage } from "../send.ts";
import { gzip, type Range, readRange } from "./compress.ts";
import type { DirectoryContext } from "./context.ts";
import { discard } from "./staging.ts";
import { inFolder } from "./folder-trouble.ts";
import { isAsSeen, type Pair } from "./pair-files.ts";

/** Data as it goes over the wire; what it needs in TEMP is gone when it is disposed of. */
export interface Packed extends AsyncDisposable {
  readonly bytes: number;
  readonly compressed: boolean;
  /** For `send` and `sendChunk`. */
  readonly content: Pick<OutgoingMessage, "body" | "bodyLength" | "contentEncoding">;
}

type Source = Pick<Pair, "key" | "data" | "sighting">;

/**
 * Compresses a part of a pair's data, or does so only if that makes it smaller, or not at all. Of a file that is written while it
 * is read nothing is sent: neither half of it, nor the beginning of one and the end of another.
 *
 * @throws MeshClientError `body-unreadable`, also if it is not what was seen any more
 */
export async function pack(
  context: Pick<DirectoryContext, "folders" | "leftInTemp" | "start">,
  pair: Source,
  range: Range,
  compress: boolean | "if-smaller",
): Promise<Packed> {
  const packed = await packAsItIs(context, pair, range, compress);
  if (await isAsSeen(pair)) return packed;
  await packed[Symbol.asyncDispose]();
  throw unreadable("changed");
}

async function packAsItIs(
  context: Pick<DirectoryContext, "folders" | "leftInTemp" | "start">,
  pair: Source,
  range: Range,
  compress: boolean | "if-smaller",
): Promise<Packed> {
  const { key, data } = pair;
  if (range.length <= inMemoryBytes) return packInMemory(data, range, compress);
  const name = `out-${key.slice(0, 16)}-${context.start}.gz`;
  const path = join(context.folders.temp, name);
  const remove = async (): Promise<void> => discard(context, [name]);
  if (range.length > 0 && compress !== false) {
    const bytes = await inFolder("temp", async () => gzip(data, range, path));
    if (compress === true || bytes < range.length) {
      const content = { body: () => createReadStream(path), bodyLength: bytes, contentEncoding: "gzip" as const };
      return { bytes, compressed: true, content, [Symbol.asyncDispose]: remove };
    }
  }
  return {
    bytes: range.length,
    compressed: false,
    content: { body: () => readAsSeen(pair, range), bodyLength: range.length },
    [Symbol.asyncDispose]: remove,
  };
}

/** The last piece is given once it is known that all of them are of what was seen. */
async function* readAsSeen(pair: Source, range: Range): AsyncGenerator<Buffer, void, undefined> {
  let last: Buffer | undefined;
  for await (const piece of readRange(pair.data, range) as AsyncIterable<Buffer>) {
    if (last !== undefined) yield last;
    last = piece;
  }
  if (!(await isAsSeen(pair))) throw unreadable("changed");
  if (last !== undefined) yield last;
}

/** As much as a body is read by at a time: what is no larger needs no file and no stream. */
const inMemoryBytes = 64 * 1024;
const gzipBytes = promisify(gzipCallback);

async function packInMemory(data: FileHandle, range: Range, compress: boolean | "if-smaller"): Promise<Packed> {
  const whole = await readWhole(data, range);
  const packed = whole.byteLength > 0 && compress !== false ? await gzipBytes(whole) : undefined;
  const compressed = packed !== undefined && (compress === true || packed.byteLength < whole.byteLength);
  const body = compressed ? packed : whole;
  return {
    bytes: body.byteLength,
    compressed,
    content: { body, bodyLength: body.byteLength, ...(compressed ? { contentEncoding: "gzip" as const } : {}) },
    [Symbol.asyncDispose]: async () => undefined,
  };
}

/** @throws MeshClientError `body-unreadable`, also if it has become shorter than it was found */
async function readWhole(data: FileHandle, { start, length }: Range): Promise<Uint8Array> {
  const buffer = Buffer.alloc(length);
  for (let at = 0; at < length;) {
    const { bytesRead } = await data.read(buffer, at, length - at, start + at).catch((error: unknown) => {
      throw unreadable(codeOf(error));
    });
    if (bytesRead === 0) throw unreadable("shorter");
    at += bytesRead;
  }
  return buffer;
}

/** The system's own words may name a file. */
function unreadable(code: string | undefined): MeshClientError {
  const cause = new Error(code);
  return new MeshClientError("body-unreadable", "What was to be sent could not be read.", { cause, retry: "safe" });
}
