import { access, readdir } from "node:fs/promises";
import { join, relative, sep } from "node:path";

/**
 * The path by the names that the disk has: a letter and its accent may be one character in the one and two in the other
 * (Unicode forms C and D), as in a file that came by way of a Mac. A name that is there as it is written is taken before
 * one that is only spelt like it. Undefined where it is not and several are: there is no saying which was meant.
 *
 * What is not there at all comes back as it was written, for who opens it to find missing.
 */
export async function asSpeltOnDisk(root: string, path: string): Promise<string | undefined> {
  if (await exists(path)) return path;
  let found = root;
  for (const name of relative(root, path).split(sep)) {
    const written = join(found, name);
    if (await exists(written)) {
      found = written;
      continue;
    }
    const alike = (await namesIn(found)).filter((other) => other.normalize("NFC") === name.normalize("NFC"));
    if (alike.length > 1) return undefined;
    found = join(found, alike[0] ?? name);
  }
  return found;
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}
