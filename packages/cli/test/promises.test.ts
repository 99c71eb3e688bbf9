import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { isNamedIn } from "./support/is-named-in.ts";

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
