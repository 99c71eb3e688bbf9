import assert from "node:assert/strict";
import { test } from "node:test";

import { lookAtMove, moveStore } from "../../src/move/move-store.ts";
import { ask, bench, postgres, refusal, skip } from "./bench.ts";
import { makeOldFolder } from "./old-folder.ts";

test(
  "of a closed folder nobody is told to make the new database anew; where that was done, he is told what is left to do",
  { skip },
  async (t) => {
    const found = await bench(t, (folder) => makeOldFolder(folder));
    await moveStore(found.options);
    await ask(found.url, "UPDATE move SET opened_at = NULL");
    const elsewhere = { ...found.options, bodies: { ...found.options.bodies, where: "s3://other/" } };
    const url = await postgres.createDatabase();
    const anew = { ...found.options, to: { ...found.options.to, url } };

    for (const act of [lookAtMove, moveStore]) {
      await assert.rejects(act(elsewhere), refusal("move-refused", /name that one in bodies and s3\.endpoint again$/));
      await assert.rejects(
        act(anew),
        refusal("move-refused", /has lost this move.*put it back.*if no node has run on it yet, move a copy/),
      );
    }
    assert.equal((await ask(url, "SELECT to_regclass('move') AS made"))[0]?.["made"], null);
    assert.equal(await moveStore(found.options), "moved");
  },
);
