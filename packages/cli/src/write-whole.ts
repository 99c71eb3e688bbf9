import { randomBytes } from "node:crypto";
import { open, rename } from "node:fs/promises";
import { join } from "node:path";

/** Writes a file whole or not at all, and on disk when this resolves: a temporary beside it, synced, renamed, the folder synced. */
export async function writeWhole(
  folder: string,
  name: string,
  content: string | Uint8Array,
  mode: number,
): Promise<void> {
  const temporary = join(folder, `.${name}.${randomBytes(4).toString("hex")}`);
  const file = await open(temporary, "wx", mode);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, join(folder, name));
  const directory = await open(folder);
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
