import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, rmdir, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import type { FolderName } from "@restante/mesh-client/directory";
import { otherFileSystem } from "../../../durable/test/other-file-system.ts";

/** Puts some folders of a mailbox on another disk than the others; undefined, and the test skipped, if there is none. */
export async function onAnotherDisk(
  t: TestContext,
  root: string,
  names: readonly FolderName[],
): Promise<string | undefined> {
  const other = otherFileSystem(t, root);
  if (other === undefined) return undefined;
  for (const name of names) {
    const target = join(other, name);
    await mkdir(target, { mode: 0o700 });
    await symlink(target, join(root, name.toUpperCase()));
  }
  return other;
}

/** A disk of some size, mounted on a folder. */
export interface SmallDisk {
  readonly folder: string;
  resize(bytes: number): void;
  readOnly(): void;
  unmount(): void;
  mount(): void;
}

/** Mounts a disk; undefined, and the test skipped, where that is not allowed. */
export async function smallDisk(t: TestContext, bytes: number): Promise<SmallDisk | undefined> {
  const folder = await mkdtemp(join(tmpdir(), "restante-disk-"));
  const mount = (options: string): void =>
    void execFileSync("mount", ["-t", "tmpfs", "-o", options, "tmpfs", folder], { stdio: "ignore" });
  const first = (): void => mount(`size=${bytes},mode=0700`);
  const unmount = (): void => void execFileSync("umount", [folder], { stdio: "ignore" });
  t.after(async () => {
    try {
      unmount();
    } catch {
      // It never was mounted, or is not any more.
    }
    await rmdir(folder);
  });
  try {
    first();
  } catch {
    t.skip("this user may not mount a disk");
    return undefined;
  }
  return {
    folder,
    resize: (size) => mount(`remount,rw,size=${size}`),
    readOnly: () => mount("remount,ro"),
    unmount,
    mount: first,
  };
}
