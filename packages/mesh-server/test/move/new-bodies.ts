import { readFile, writeFile } from "node:fs/promises";

import { openFileBodies } from "../../src/bodies/files.ts";
import type { NewBodies } from "../../src/move/move-store.ts";

/** Files in place of S3, which a move in another process finds as well. */
export async function openNewBodies(folder: string): Promise<NewBodies> {
  const mark = `${folder}.mark`;
  return {
    ...(await openFileBodies(folder, 1000)),
    where: "",
    wasEmpty: true,
    readMark: () => readFile(mark, "utf8").catch(() => undefined),
    putMark: (text) => writeFile(mark, text),
  };
}

/** It is empty, and has no room. */
export const failing: NewBodies = {
  where: "",
  wasEmpty: true,
  readMark: async () => undefined,
  putMark: async () => undefined,
  receive: () => Promise.reject(new Error("no room")),
  open: () => Promise.reject(new Error("no room")),
};
