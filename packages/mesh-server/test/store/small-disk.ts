import { execFileSync } from "node:child_process";
import { appendFileSync, mkdtempSync, rmdirSync, rmSync, statSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";

/** A disk of so many megabytes of the test's own; undefined, and the test skipped, where it may not make one. */
export function smallDisk(t: TestContext, megabytes: number): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), "restante-disk-"));
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${megabytes}m,mode=0700`, "none", folder], { stdio: "ignore" });
  } catch {
    rmdirSync(folder);
    t.skip("this user may not mount a small disk");
    return undefined;
  }
  t.after(() => {
    // What the server has open goes with it.
    execFileSync("umount", ["-l", folder]);
    rmdirSync(folder);
  });
  return folder;
}

/** Another program, which takes every byte that is free the moment it is. */
export function filler(
  t: TestContext,
  folder: string,
): {
  /** Takes what is free now, and no more from then on. */
  pause(): void;
  free(bytes: number): void;
  stop(): void;
} {
  const file = join(folder, "filler");
  const fill = (): void => {
    for (let size = 1024 * 1024; size >= 1; size = Math.floor(size / 4)) {
      try {
        for (;;) appendFileSync(file, Buffer.alloc(size, 1));
      } catch {
        // No room for a piece of this size: for a smaller one, perhaps.
      }
    }
  };
  fill();
  const filling = setInterval(fill, 5);
  const stop = (): void => {
    clearInterval(filling);
    rmSync(file, { force: true });
  };
  t.after(stop);
  return {
    pause: () => {
      clearInterval(filling);
      fill();
    },
    free: (bytes) => truncateSync(file, statSync(file).size - bytes),
    stop,
  };
}
