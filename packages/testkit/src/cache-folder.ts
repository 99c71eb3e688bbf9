import { existsSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join, resolve } from "node:path";

import type { StartOptions } from "./options.ts";

/** Beside what else the project's tools keep; where there is no node_modules, a folder of this user's own. */
export function cacheFolderOf({ cacheFolder }: StartOptions): string {
  if (cacheFolder !== undefined) return resolve(cacheFolder);
  const modules = resolve("node_modules");
  return existsSync(modules)
    ? join(modules, ".cache", "restante-testkit")
    : join(tmpdir(), `restante-testkit-cache-${userInfo().username}`);
}
