// A file that is never written again may have a second name, which costs no room:
//
//   on one file system that has links:   the second name --> folder synced by whoever made the last of them
//   else:                                copied beside the second name, synced --> renamed
//
// Either way a reader of the second name sees the whole file, or none. What lies there already stays.

import { copyAcross } from "./move-file.ts";
import { type Platform, platform } from "./platform.ts";

/**
 * Gives a file, synced and never to be written again, a second name. The name is on disk once its folder is synced.
 *
 * @returns false if something had that name already: it is left as it is
 * @throws what the operating system says: ENOENT if `from` is missing
 */
export async function linkFile(from: string, to: string, on: Platform = platform): Promise<boolean> {
  try {
    await on.link(from, to);
    return true;
  } catch (error) {
    const code = Error.isError(error) && "code" in error ? String(error.code) : "";
    if (code === "EEXIST") return false;
    if (!on.withoutLinks.has(code)) throw error;
    await copyAcross(from, to, on);
    return true;
  }
}
