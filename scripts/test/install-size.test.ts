import assert from "node:assert/strict";
import { lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

const most = 600;
const skip =
  process.platform === "linux" && process.arch === "x64" ? false : "the bound is of what is installed on Linux x64";

test(`what npm ci installs takes no more than ${most} MB`, { skip }, () => {
  const packages = readdirSync("node_modules").filter((name) => name !== ".cache");
  const used = packages.reduce((sum, name) => sum + bytesOf(join("node_modules", name)), 0) / 1024 ** 2;
  assert.ok(used > 100, `${Math.round(used)} MB is too little to be true`);
  assert.ok(used <= most, `${Math.round(used)} MB; see docs/decisions/117-install-size.md`);
});

/** On the disk, as `du` counts. */
function bytesOf(place: string): number {
  const status = lstatSync(place);
  const own = status.blocks * 512;
  if (!status.isDirectory()) return own;
  return readdirSync(place).reduce((sum, name) => sum + bytesOf(join(place, name)), own);
}
