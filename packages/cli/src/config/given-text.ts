import { readFileSync, statSync } from "node:fs";
import { systemReason } from "@restante/durable";
import { CliError } from "../errors.ts";

/** A text of Node.js is hardly longer. */
const MOST_BYTES = 500_000_000;

/**
 * The text of a file that a person names.
 *
 * @throws CliError `file-unreadable`
 */
export function readGivenText(file: string): string {
  try {
    // Before it is opened: opening a pipe waits for its other end, and what a device gives may have no end.
    const about = statSync(file);
    if (!about.isFile() && !about.isDirectory()) throw new CliError("file-unreadable", `${file} is not a file`);
    if (about.size > MOST_BYTES) throw new CliError("file-unreadable", `${file} is larger than 500 MB`);
    // Told, not guessed: a wrong character in a name would make another patient of its bearer.
    return new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(file));
  } catch (cause) {
    if (cause instanceof CliError) throw cause;
    if ((cause as NodeJS.ErrnoException).code === "ERR_ENCODING_INVALID_ENCODED_DATA") {
      throw new CliError("file-unreadable", `${file} is not text in UTF-8: save it as UTF-8`, { cause });
    }
    throw new CliError("file-unreadable", `${file} cannot be read: ${systemReason(cause)}`, { cause });
  }
}
