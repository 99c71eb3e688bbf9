import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import { test } from "node:test";
import { runProgram, temporaryFolder, waitFor } from "@restante/testbed";
import { openAccess } from "../../src/index.ts";

const entry = new URL("../../src/access/open-access.ts", import.meta.url).href;

/** Writes rows as fast as it can, and says the number of each once it is written. */
function writer(folder: string): string {
  return `
    import { openAccess } from ${JSON.stringify(entry)};
    import { writeSync } from "node:fs";
    const { audit } = await openAccess({ folder: ${JSON.stringify(folder)} });
    for (let turn = 0; ; turn += 1) {
      const subjects = Array.from({ length: turn % 50 }, (_, index) => "task:" + (turn + index));
      const row = audit.record({ actor: "u-1", source: "::1", act: "list", outcome: "done", subjects });
      writeSync(1, row.sequence + "\\n");
    }`;
}

test("after kill -9 at random of two processes that write, the audit is whole, and has every row that was written", async (t) => {
  const folder = await temporaryFolder(t);
  let least = 0;
  for (let kill = 0; kill < 3; kill += 1) {
    const writers = await Promise.all([1, 2].map(async () => runProgram(t, writer(folder), "\n")));
    const goal = randomInt(1, 100);
    const said = (): number[] => writers.flatMap((one) => one.said().split("\n").slice(0, -1).map(Number));
    await waitFor(() => said().length > goal, { timeoutMs: 60_000 });
    await Promise.all(writers.map(async (one) => one.kill()));
    const written = said();
    assert.equal(new Set(written).size, written.length, "no number was given twice");
    least = Math.max(least, ...written);
    using access = await openAccess({ folder });
    const { rows, problems } = await access.audit.verify();
    assert.deepEqual(problems, []);
    assert.ok(rows >= least && rows <= least + 2, `${rows} rows, of which ${least} were told`);
  }
});
