import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { basename, dirname, join } from "node:path";
import type { TestContext } from "node:test";
import { folded } from "@restante/durable";

/** Makes a folder answer as on a disk that takes names that differ in case or Unicode form alone for one, as NTFS, SMB and APFS do. */
export function foldNames(t: TestContext, folder: string): void {
  const readNames = fs.readdirSync;
  const actual = (path: unknown): unknown => {
    if (typeof path !== "string" || !path.startsWith(folder) || path === folder) return path;
    const within = dirname(path);
    const wanted = folded(basename(path));
    const found = fs.existsSync(within) ? readNames(within).find((name) => folded(name) === wanted) : undefined;
    return found === undefined ? path : join(within, found);
  };
  for (const call of ["lstat", "stat", "open", "rename", "unlink", "rm", "copyFile"] as const) {
    const real = fs.promises[call] as (...words: unknown[]) => unknown;
    const paths = call === "rename" || call === "copyFile" ? 2 : 1;
    t.mock.method(fs.promises, call, (...words: unknown[]) =>
      Reflect.apply(real, fs.promises, [...words.slice(0, paths).map(actual), ...words.slice(paths)]),
    );
  }
  syncBuiltinESMExports();
  t.after(() => {
    t.mock.restoreAll();
    syncBuiltinESMExports();
  });
}
