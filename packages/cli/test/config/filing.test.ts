import assert from "node:assert/strict";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { typed } from "../support/typed.ts";
import { partsFolder } from "./parts-folder.ts";

test("a practice does not start with a record system's folder that is missing or its own, and says which, as its file names it", async (t) => {
  const folder = await partsFolder(t);
  const file = join(folder, "practice.yaml");
  const settings = (await readFile(file, "utf8")).replace("port: 8701", "port: 0");
  const dataFolder = /^dataFolder: (.+)$/m.exec(settings)?.[1] ?? "";
  await mkdir(join(folder, dataFolder, "incoming"), { recursive: true });
  for (const [named, words] of [
    ["incoming", `${join(folder, "incoming")}, is not there. Make it`],
    [`${dataFolder}/incoming`, "is within the data folder"],
  ] as const) {
    await writeFile(file, `${settings}filing:\n  folder: ${named}\n`);
    const refused = await typed(["practice", "--config", file]);
    assert.equal(refused.status, 1);
    assert.ok(refused.complained.includes(words), refused.complained);
  }
});
