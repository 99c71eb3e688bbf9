import { gunzip } from "node:zlib";
import { PracticeError } from "../errors.ts";

/** What a message carries, as it is to be read. */
export interface Content {
  bytes: Uint8Array;
  /** It says that it is compressed and cannot be decompressed: `bytes` are as they came. */
  damage?: string;
}

const damage = "The message says that it is compressed with gzip, and cannot be decompressed.";

/**
 * Undoes the compression that a message says it has. Chunks that were compressed one by one are members of one gzip file
 * (RFC 1952, 2.2), and so is one that was compressed first and cut into chunks after.
 *
 * @throws PracticeError "message-too-large": it is, or becomes, longer than `maxBytes`
 */
export async function decompress(bytes: Uint8Array, maxBytes: number): Promise<Content> {
  if (bytes.byteLength > maxBytes) throw tooLarge();
  return new Promise((resolve, reject) => {
    gunzip(bytes, { maxOutputLength: maxBytes, info: true, chunkSize: 65_536 }, (error, result) => {
      if (error === null) {
        const { buffer, engine } = result as unknown as { buffer: Buffer; engine: { bytesWritten: number } };
        // Nothing but padding may come after the end: what else is there would be lost without a word.
        const isWhole = bytes.subarray(engine.bytesWritten).every((byte) => byte === 0);
        resolve(isWhole ? { bytes: buffer } : { bytes, damage });
      } else if ("code" in error && error.code === "ERR_BUFFER_TOO_LARGE") {
        reject(tooLarge());
      } else if ("code" in error && typeof error.code === "string" && error.code.startsWith("Z_")) {
        // Z_MEM_ERROR says nothing of the message.
        if (error.code === "Z_MEM_ERROR") reject(error);
        else resolve({ bytes, damage });
      } else {
        reject(error);
      }
    });
  });
}

export function tooLarge(): PracticeError {
  return new PracticeError("message-too-large", "The message is longer than is read here.");
}
