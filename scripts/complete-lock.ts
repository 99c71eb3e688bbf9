// Completes package-lock.json after a change of dependencies: `npm install && npx node scripts/complete-lock.ts`.
import { readFileSync, writeFileSync } from "node:fs";
import { completed, type Lock } from "./lock/completed.ts";

const FILE = "package-lock.json";
const before = readFileSync(FILE, "utf8");
const after = `${JSON.stringify(completed(JSON.parse(before) as Lock), null, 2)}\n`;
writeFileSync(FILE, after);
console.log(before === after ? "Nothing was missing." : "Completed.");
