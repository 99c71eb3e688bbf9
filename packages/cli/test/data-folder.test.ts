import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";

import { holdFolder, isFolderHeld } from "../src/data-folder.ts";

function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "restante-hold-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Another process that holds the folder until it is killed. */
async function holdElsewhere(t: TestContext, folder: string): Promise<{ pid: number; kill(): Promise<void> }> {
  const source = new URL("../src/data-folder.ts", import.meta.url).href;
  const child = spawn(
    process.execPath,
    [
      "--conditions=@restante/source",
      "--input-type=module",
      "--eval",
      `import { holdFolder, isFolderHeld } from ${JSON.stringify(source)};
       globalThis.held = holdFolder(${JSON.stringify(folder)}, "restante");
       console.log("held");
       setInterval(() => {}, 1000);`,
    ],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  const ended = once(child, "exit");
  const kill = async (): Promise<void> => {
    child.kill("SIGKILL");
    await ended;
  };
  t.after(kill);
  await once(child.stdout, "data");
  return { pid: child.pid!, kill };
}

test("a folder in use is refused, and the message names the process that uses it", async (t) => {
  const folder = temporaryFolder(t);
  const other = await holdElsewhere(t, folder);
  assert.throws(() => holdFolder(folder, "restante"), {
    code: "folder-in-use",
    message: new RegExp(`process ${other.pid}\\b.*--data`),
  });
});

test("a folder whose process was killed with -9 is free at once", async (t) => {
  const folder = temporaryFolder(t);
  const other = await holdElsewhere(t, folder);
  await other.kill();
  holdFolder(folder, "restante")[Symbol.dispose]();
});

test("a folder is free again once it is let go", (t) => {
  const folder = temporaryFolder(t);
  holdFolder(folder, "restante")[Symbol.dispose]();
  holdFolder(folder, "restante")[Symbol.dispose]();
});

test("whether a folder is held is known while its holder lives, and no longer", async (t) => {
  const folder = temporaryFolder(t);
  assert.equal(isFolderHeld(folder, "restante"), false);
  const other = await holdElsewhere(t, folder);
  assert.equal(isFolderHeld(folder, "restante"), true);
  await other.kill();
  assert.equal(isFolderHeld(folder, "restante"), false);
});
