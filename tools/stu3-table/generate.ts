// Writes packages/itk3/src/stu3/table.ts and types.ts; with --check, says whether they are what it would write.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe } from "./sources.ts";
import { tableFile, typesFile } from "./write.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const target = join(root, "packages/itk3/src/stu3");
const fresh = mkdtempSync(join(root, "tools/stu3-table/fresh-"));
try {
  const types = describe();
  const files = { "table.ts": tableFile(types), "types.ts": typesFile(types) };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(fresh, name), text);
  execFileSync(join(root, "node_modules/.bin/oxfmt"), ["-c", join(root, ".oxfmtrc.json"), fresh], { cwd: root });
  for (const name of Object.keys(files)) {
    const text = readFileSync(join(fresh, name), "utf8");
    if (!process.argv.includes("--check")) {
      writeFileSync(join(target, name), text);
    } else if (readFileSync(join(target, name), "utf8") !== text) {
      process.stderr.write(`packages/itk3/src/stu3/${name} is stale: run npm run generate in tools/stu3-table\n`);
      process.exitCode = 1;
    }
  }
} finally {
  rmSync(fresh, { recursive: true });
}
