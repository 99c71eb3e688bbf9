import { mkdir, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { MeshClientError } from "../mesh-client-error.ts";
import { codeOf } from "../error-code.ts";

export type FolderName = "in" | "out" | "sent" | "failed" | "temp";

/** Absolute or relative paths of the five folders of a mailbox. */
export type Folders = Readonly<Record<FolderName, string>>;

const names: readonly FolderName[] = ["in", "out", "sent", "failed", "temp"];

/**
 * The folders below `<data home>/<MAILBOX>`, made where absent. Existing ones are found in any case (lower case is
 * common on Windows). Throws `folder-unusable` if they are not all on one file system: a file must be able to move from
 * one to another at once.
 */
export async function openFolders(root: string): Promise<Folders & { readonly private: string }> {
  try {
    await mkdir(root, { recursive: true });
    const existing = await readdir(root);
    const folders = Object.fromEntries(
      names.map((name) => {
        const found = existing.find((entry) => entry.toLowerCase() === name);
        return [name, join(root, found ?? name.toUpperCase())];
      }),
    ) as Record<FolderName, string>;
    const hidden = join(root, ".restante");
    await mkdir(hidden, { recursive: true, mode: 0o700 });
    for (const name of names) await mkdir(folders[name], { recursive: true });

    const devices = await Promise.all(Object.values(folders).map(async (path) => (await stat(path)).dev));
    if (new Set(devices).size > 1) {
      throw new MeshClientError("folder-unusable", "IN, OUT, SENT, FAILED and TEMP must be on one file system.");
    }
    return { ...folders, private: hidden };
  } catch (cause) {
    if (cause instanceof MeshClientError) throw cause;
    throw new MeshClientError(
      "folder-unusable",
      `The mailbox's folder cannot be used (${codeOf(cause) ?? "no code"}).`,
      { cause },
    );
  }
}
