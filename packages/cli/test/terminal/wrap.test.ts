import assert from "node:assert/strict";
import { test } from "node:test";
import { helpOf } from "../../src/command-line/help.ts";
import { everyEntry } from "../../src/command-line/tree.ts";
import { program } from "../../src/commands/index.ts";
import { fitted } from "../../src/terminal/wrap.ts";

const wordsOf = (text: string): string[] => text.split(/\s+/);

test("every help fits its window, and loses no word", () => {
  const helps = [helpOf("restante", program, [])];
  for (const { entry, path } of everyEntry(program.entries)) helps.push(helpOf("restante", entry, path));
  for (const help of helps) {
    for (const columns of [50, 80, 100, 120]) {
      const shown = fitted(help, columns);
      assert.deepEqual(wordsOf(shown), wordsOf(help));
      assert.deepEqual(
        shown.split("\n").filter((line) => line.length > columns),
        [],
      );
    }
    assert.equal(fitted(fitted(help, 60), 120), fitted(help, 120), "what was broken once is put together again");
  }
});

test("what an option does stands below itself", () => {
  const help =
    "Usage: x\n\nDoes this\nand that.\n\n  --one N   two three four five six seven eight nine ten\n  --two     b\n\nEnd.";
  assert.equal(
    fitted(help, 50),
    "Usage: x\n\nDoes this and that.\n\n  --one N   two three four five six seven eight\n            nine ten\n  --two     b\n\nEnd.",
  );
});
