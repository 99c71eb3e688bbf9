// docs/security.md, docs/asvs.md and docs/clinical-safety.md say by what each thing is kept: a file, or a test by its name. What they
// name must be there.

import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { isNamedIn } from "../support/is-named-in.ts";
import { readPage, top } from "./pages.ts";

const least = { "docs/security.md": 50, "docs/asvs.md": 50, "docs/clinical-safety.md": 20 };

for (const [page, fewest] of Object.entries(least)) {
  test(`every file and every test that ${page} names exists`, () => {
    const text = readPage(page);
    const files = Array.from(text.matchAll(/`([a-z-]+\/(?:src|test)\/[\w./-]+)`/g), ([, file = ""]) => file);
    assert.ok(files.length > fewest);
    assert.deepEqual(
      files.filter((file) => !existsSync(pathOf(file))),
      [],
    );
    let named = 0;
    for (const [, file = "", quoted = ""] of text.matchAll(/`([\w./-]+\.test\.ts)`: (“[^”]+”(?:, “[^”]+”)*)/g)) {
      const source = readFileSync(pathOf(file), "utf8");
      for (const [, name = ""] of quoted.matchAll(/“([^”]+)”/g)) {
        named += 1;
        assert.ok(isNamedIn(source, name), `${file} has no test named: ${name}`);
      }
    }
    assert.equal(named, text.split("“").length - 1, "a name stands behind the file that it is in");
    assert.ok(named > fewest);
  });
}

test("docs/asvs.md has every requirement of levels 1 and 2, and counts them right", () => {
  const page = readPage("docs/asvs.md");
  const rows = Array.from(
    page.matchAll(/^\| (\d+\.\d+)\.(\d+)(?:–(\d+\.\d+)\.(\d+))? +\| ([12]) +\| [^|]+ \| ([a-z/ ]+?) +\|/gm),
    ([, section, first, lastSection = section, last = first, level = "", verdict = ""]) => {
      assert.equal(section, lastSection);
      return { ids: numbers(Number(first), Number(last)).map((one) => `${section}.${one}`), level, verdict };
    },
  );
  const count = (all: typeof rows): number => all.flatMap(({ ids }) => ids).length;
  assert.equal(new Set(rows.flatMap(({ ids }) => ids)).size, count(rows));
  // As the standard counts its own.
  assert.deepEqual(
    ["1", "2"].map((level) => count(rows.filter((row) => row.level === level))),
    [70, 183],
  );
  const told = Array.from(page.matchAll(/^\| (met|in part|not met|n\/a) +\| (\d+) +\|$/gm), ([, verdict, said]) => [
    verdict,
    Number(said),
  ]);
  assert.deepEqual(
    told,
    ["met", "in part", "not met", "n/a"].map((verdict) => [
      verdict,
      count(rows.filter((row) => row.verdict === verdict)),
    ]),
  );
});

function numbers(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

function pathOf(file: string): string {
  return `${top}packages/${file}`;
}
