import { execFileSync } from "node:child_process";
import type { TestContext } from "node:test";
import { atEnd } from "./at-end.ts";

/** Something that has a file so that it cannot be renamed, until it is ended; undefined, and the test skipped, where that cannot be made. */
export function busyFile(t: Pick<TestContext, "after" | "skip">, file: string): (() => void) | undefined {
  try {
    execFileSync("mount", ["--bind", file, file], { stdio: "ignore" });
  } catch {
    t.skip("this user may not mount");
    return undefined;
  }
  let isOver = false;
  const end = (): void => {
    if (!isOver) execFileSync("umount", [file]);
    isOver = true;
  };
  atEnd(t, end);
  return end;
}
