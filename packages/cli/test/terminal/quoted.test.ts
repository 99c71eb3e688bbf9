import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { quoted } from "../../src/terminal/quoted.ts";

test("a path is given so that a shell takes it as one word, whatever signs it has", () => {
  assert.equal(quoted("./restante-data/mesh/X26/OUT"), "./restante-data/mesh/X26/OUT");
  if (process.platform === "win32") return;
  for (const word of ["my data", "it's", "$HOME", "a`b", 'say "x"', "a;b", "Łódź", "*", "", "a\nb", "~x"]) {
    assert.equal(execFileSync("sh", ["-c", `printf %s ${quoted(word)}`], { encoding: "utf8" }), word);
  }
});
