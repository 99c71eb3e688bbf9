// Runs one of these scripts on the Node.js of the checkout: `node scripts/on-node.mjs SCRIPT WORD ...`. Plain JavaScript,
// for any Node.js from 18 on: an older one would say of TypeScript only that its syntax is wrong.

import { spawn } from "node:child_process";
import { realpathSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { nodeOfCheckout } from "../packages/cli/bin/which-node.mjs";

const [, , script, ...words] = process.argv;
const { node, remark } = nodeOfCheckout();
if (remark !== undefined) console.error(remark);

if (realpathSync(node) === realpathSync(process.execPath)) {
  process.argv = [process.execPath, resolve(script), ...words];
  await import(pathToFileURL(resolve(script)).href);
} else {
  const child = spawn(node, [script, ...words], { stdio: "inherit" });
  process.on("SIGINT", () => undefined); // it comes to both
  process.on("SIGTERM", () => child.kill());
  child.on("exit", (code) => process.exit(code ?? 1));
}
