import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const folder = new URL("../../../../shared/reference/", import.meta.url);

/** A file of the public reference pages, which are beside the repository and not in it: `skip` says why if absent. */
export function sharedReference(path: string): { file: string; skip: string | false } {
  const file = fileURLToPath(new URL(path, folder));
  return { file, skip: existsSync(file) ? false : `../shared/reference/${path} is not on this machine` };
}
