import { createReadStream } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { OutgoingMessage } from "../send.ts";
import { gzip, type Range, readRange } from "./compress.ts";
import type { DirectoryContext } from "./context.ts";
import { inFolder } from "./folder-trouble.ts";
import type { Pair } from "./pair-files.ts";

/** Data as it goes over the wire; what it needs in TEMP is gone when it is disposed of. */
export interface Packed extends AsyncDisposable {
  readonly bytes: number;
  readonly compressed: boolean;
  /** For `send` and `sendChunk`. */
  readonly content: Pick<OutgoingMessage, "body" | "bodyLength" | "contentEncoding">;
}

/** Compresses a part of a pair's data, or does so only if that makes it smaller, or not at all. */
export async function pack(
  { folders }: DirectoryContext,
  { key, data }: Pair,
  range: Range,
  compress: boolean | "if-smaller",
): Promise<Packed> {
  const path = join(folders.temp, `out-${key.slice(0, 16)}.gz`);
  const remove = async (): Promise<void> => rm(path, { force: true });
  if (range.length > 0 && compress !== false) {
    const bytes = await inFolder("temp", async () => gzip(data, range, path));
    if (compress === true || bytes < range.length) {
      const content = { body: () => createReadStream(path), bodyLength: bytes, contentEncoding: "gzip" as const };
      return { bytes, compressed: true, content, [Symbol.asyncDispose]: remove };
    }
  }
  const body = range.length === 0 ? new Uint8Array() : () => readRange(data, range);
  return {
    bytes: range.length,
    compressed: false,
    content: { body, bodyLength: range.length },
    [Symbol.asyncDispose]: remove,
  };
}
