// Loaded first by each process of the tests: keeps the compiled code of every module for the processes after it, of which
// there are hundreds. Those that count how often each block runs (packages/itk3/test/work.ts) go without: code that was
// compiled before is not counted rightly.
import { readFileSync } from "node:fs";
import { enableCompileCache } from "node:module";
import { fileURLToPath } from "node:url";

const [, file = ""] = process.argv;
const isTest = process.env.NODE_TEST_CONTEXT !== undefined; // not node's runner, whose environment all tests have
const counts = file.endsWith(".test.ts") && /from "[./]+\/work\.ts"/.test(readFileSync(file, "utf8"));
if (isTest && !counts) {
  // For its children.
  process.env.NODE_COMPILE_CACHE ??= fileURLToPath(new URL("../../node_modules/.cache/compiled", import.meta.url));
  enableCompileCache(process.env.NODE_COMPILE_CACHE);
}
