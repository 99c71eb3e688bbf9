import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { pathOf, type Place, stateOf } from "./files.ts";
import type { Folders } from "./folder-name.ts";
import { FolderTrouble, labelOf } from "./folder-trouble.ts";

/**
 * The base name under which nothing is in a folder yet: the one asked for, else with the id behind it. Whether something is, the
 * file system says: it takes names for one that it takes for one.
 *
 * @param take whether it is not in hand for another: asked first, so that none is chosen that another has been given meanwhile
 */
export async function freeName(
  folder: string,
  base: string,
  id: string,
  take: (base: string) => boolean = () => true,
): Promise<string> {
  const isTaken = !take(base);
  const states = [".dat", ".ctl", ".DAT", ".CTL"].map(async (suffix) => stateOf(folder, { name: base + suffix }));
  if ((await Promise.all(states)).every((state) => state === undefined) && !isTaken) return base;
  // A file name has 255 bytes at most.
  const most = Math.min(200, 255 - Buffer.byteLength(`_${id}.ctl`));
  const characters = Array.from(base);
  while (Buffer.byteLength(characters.join("")) > most) characters.pop();
  const short = characters.join("");
  return `${short}_${id}`;
}

/**
 * Before a file is moved: what has its name where it goes is not written over, unless it is the same byte for byte, as what was
 * received before the journal was lost is. OUT is not looked at: what is moved within it has a name of its own.
 *
 * @throws FolderTrouble of the one file
 */
export async function refuseTaken(
  folders: Folders,
  { from, to }: { readonly from: Place; readonly to: Place },
): Promise<void> {
  if (to.folder === "out") return;
  const there = await stateOf(folders[to.folder], to);
  if (there === undefined) return;
  const coming = await stateOf(folders[from.folder], from);
  // What has moved already is what is there.
  if (coming === undefined) return;
  const digest = async (place: Place): Promise<string> => digestOf(pathOf(folders[place.folder], place));
  const isSame =
    there.plain && coming.plain && there.bytes === coming.bytes && (await digest(to)) === (await digest(from));
  if (!isSame) throw new FolderTrouble(labelOf(to.folder), nameIsTaken, "file");
}

const nameIsTaken = "another file has the name of one that belongs there; take it away";

async function digestOf(path: string | Buffer): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}
