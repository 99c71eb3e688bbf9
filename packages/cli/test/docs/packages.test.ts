import assert from "node:assert/strict";
import { existsSync, globSync, readFileSync } from "node:fs";
import { posix } from "node:path";
import { test } from "node:test";
import { readPage, top } from "./pages.ts";

interface Manifest {
  name: string;
  license: string;
  homepage: string;
  bugs: string;
  repository: { type: string; url: string; directory?: string };
  files: string[];
}

const read = (file: string): Manifest => JSON.parse(readFileSync(`${top}${file}`, "utf8")) as Manifest;
const whole = read("package.json");
const repository = whole.homepage.replace(/#.*$/, "");
const packages = globSync("packages/*/package.json", { cwd: top }).map((file) => posix.dirname(file));

test("every package says where its source is, and where to tell of a fault: as the repository itself does", () => {
  assert.ok(packages.length > 8);
  assert.deepEqual(whole.repository, { type: "git", url: `git+${repository}.git` });
  assert.equal(whole.bugs, `${repository}/issues`);
  for (const directory of packages) {
    const manifest = read(`${directory}/package.json`);
    assert.deepEqual(manifest.repository, { ...whole.repository, directory }, directory);
    assert.equal(manifest.homepage, `${repository}/tree/main/${directory}#readme`, directory);
    assert.equal(manifest.bugs, whole.bugs, directory);
  }
});

test("every package carries the licence, and a README that opens with its name", () => {
  const licence = readFileSync(`${top}LICENSE`, "utf8");
  for (const directory of packages) {
    const { name, license, files } = read(`${directory}/package.json`);
    assert.equal(license, whole.license, directory);
    assert.equal(readFileSync(`${top}${directory}/LICENSE`, "utf8"), licence, directory);
    assert.ok(existsSync(`${top}${directory}/README.md`), `${directory} has no README.md`);
    assert.ok(readPage(`${directory}/README.md`).startsWith(`# ${name}\n`), directory);
    assert.ok(files.includes("LICENSE") && files.includes("README.md"), directory);
  }
});
