import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

const page = new URL("../../../docs/promises.md", import.meta.url);

test("every test that docs/promises.md names exists in the file that it names", () => {
  let file: URL | undefined;
  let source = "";
  let named = 0;
  for (const line of readFileSync(page, "utf8").split("\n")) {
    const [, link] = /^- \[.*\]\((.*)\)$/.exec(line) ?? [];
    if (link !== undefined) {
      file = new URL(link, page);
      source = readFileSync(file, "utf8");
    }
    const [, name] = /^ {2}- (.*)$/.exec(line) ?? [];
    if (name === undefined) continue;
    named += 1;
    assert.ok(isNamedIn(source, name), `${file?.pathname} has no test named: ${name}`);
  }
  assert.ok(named > 50);
});

/** An ellipsis stands for what the test puts together: `${code}` and the like. */
function isNamedIn(source: string, name: string): boolean {
  // In a source the name stands in quotes of either kind, its own quotes escaped or not.
  const parts = name.split("…").map((part) => part.replaceAll("\\", ""));
  const lines = source.replaceAll("\\", "").split("\n");
  return lines.some((line) => {
    let from = 0;
    return parts.every((part) => {
      const found = line.indexOf(part, from);
      from = found + part.length;
      return found >= 0;
    });
  });
}
