import { readFileSync, realpathSync, statSync } from "node:fs";
import { DurableError, ensurePrivate, systemReason } from "@restante/durable";

/** No secret and no chain of certificates is longer; the file of a whole economy's passwords may be. */
const MOST_BYTES = 16_000_000;

/** Why what a setting names cannot be had: completes the setting's place to a sentence. */
export class Unreadable extends Error {}

/** A file that nobody but its owner may open. */
export function readPrivateFile(path: string): Buffer {
  const bytes = readNamedFile(path);
  try {
    // A secret that is mounted is often reached by a link, whose own mode says nothing.
    ensurePrivate(realpathSync(path));
  } catch (error) {
    if (error instanceof DurableError) throw new Unreadable(`cannot be used: ${error.message}`, { cause: error });
    throw error;
  }
  return bytes;
}

export function readNamedFile(path: string): Buffer {
  try {
    const about = statSync(path);
    if (!about.isFile()) throw new Unreadable(`names ${path}, which is not a file`);
    if (about.size > MOST_BYTES) throw new Unreadable(`names ${path}, which is too large`);
    return readFileSync(path);
  } catch (error) {
    if (error instanceof Unreadable) throw error;
    throw new Unreadable(`names ${path}, which cannot be read: ${systemReason(error)}`, { cause: error });
  }
}

/** The text of a private file. */
export function readPrivateText(path: string): string {
  const bytes = readPrivateFile(path);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    throw new Unreadable(`names ${path}, which is not text in UTF-8: save it as UTF-8`, { cause: error });
  }
}
