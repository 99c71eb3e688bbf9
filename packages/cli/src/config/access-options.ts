import type { AccessOptions } from "@restante/web";
import type { PracticeFile } from "./practice-file.ts";

/** Where a practice keeps who may come in, and who did what: the same for its pages and for every command. */
export function accessOptions({ dataFolder }: PracticeFile): AccessOptions {
  return { folder: dataFolder };
}
