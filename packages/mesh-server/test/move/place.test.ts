import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { test } from "node:test";

import { atEnd } from "@restante/testbed";

import { lookAtMove, moveStore } from "../../src/move/move-store.ts";
import { openPostgresStore } from "../../src/store/postgres/store.ts";
import { openSqliteStore } from "../../src/store/sqlite/store.ts";
import { storeOptions } from "../store/store-options.ts";
import { bench, refusal, skip } from "./bench.ts";
import { failing } from "./new-bodies.ts";
import { makeOldFolder } from "./old-folder.ts";

test("a move that put bodies into one place is not gone on with into another", { skip }, async (t) => {
  const found = await bench(t, (folder) => makeOldFolder(folder));
  const at = (where: string, bodies = found.options.bodies): typeof found.options => ({
    ...found.options,
    bodies: { ...bodies, where },
  });
  await assert.rejects(moveStore(at("s3://one/", failing)), { message: "no room" });

  for (const act of [lookAtMove, moveStore]) {
    await assert.rejects(
      act(at("s3://two/")),
      refusal("move-refused", /has put bodies into s3:\/\/one\/, and s3:\/\/two\/ is another place/),
    );
  }
  assert.equal(await moveStore(at("s3://one/")), "moved");
});

test(
  "a place that another database took over meanwhile is told before the folder is closed, and gone on with once it is free",
  { skip },
  async (t) => {
    const found = await bench(t, (folder) => makeOldFolder(folder));
    const { bodies } = found.options;
    const taken = refusal("bodies-lost", /these are the bodies of another database.*delete the object \.mark/);
    await assert.rejects(
      moveStore({
        ...found.options,
        tell: ({ step }) => {
          if (step === "verified") writeFileSync(`${found.newBodies}.mark`, "another's");
        },
      }),
      taken,
    );
    for (const act of [moveStore, lookAtMove]) await assert.rejects(act(found.options), taken);
    await (await openSqliteStore(found.folder, storeOptions))[Symbol.asyncDispose]();

    await rm(`${found.newBodies}.mark`);
    assert.equal(await moveStore(found.options), "moved");
    const store = await openPostgresStore({ url: found.url, node: "one" });
    atEnd(t, () => store[Symbol.asyncDispose]());
    assert.equal(await store.knowsMark((await bodies.readMark()) ?? ""), true, "so its first node may start there");
  },
);
