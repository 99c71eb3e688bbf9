import assert from "node:assert/strict";
import { test } from "node:test";

import { atEnd } from "@restante/testbed";

import type { Bodies } from "../../src/bodies/bodies.ts";
import { MeshServerError } from "../../src/errors.ts";
import { countRows } from "../../src/move/count-rows.ts";
import { type MoveStep, moveStore } from "../../src/move/move-store.ts";
import { openOldStore } from "../../src/move/old-store.ts";
import { verify } from "../../src/move/verify.ts";
import { connect, ConnectionLost } from "../../src/store/postgres/database.ts";
import { now } from "../store/samples.ts";
import { startWire } from "../store/wire.ts";
import { ask, bench, skip } from "./bench.ts";
import { makeOldFolder } from "./old-folder.ts";

const { signal } = new AbortController();

test(
  "a body or a page that could not be read for a moment is read again, and the comparison goes on where it was",
  { skip },
  async (t) => {
    const found = await bench(t, (folder) => makeOldFolder(folder));
    let opened = 0;
    const { open } = found.options.bodies;
    const breaking: Bodies["open"] = async (body) => {
      opened += 1;
      if (opened === 3) throw new MeshServerError("bodies-unusable", "it broke off", { retry: "safe" });
      return open(body);
    };
    assert.equal(await moveStore({ ...found.options, bodies: { ...found.options.bodies, open: breaking } }), "moved");
    assert.equal(opened, 8, "of 7, one twice");
    assert.equal(found.steps.filter(({ step }) => step === "verified").length, 1);

    using old = await openOldStore(found.copy, now, () => undefined);
    const database = connect(found.url, 1);
    atEnd(t, () => database.close());
    let asked = 0;
    const { differences } = await verify({
      old,
      database: {
        async ask(...words) {
          asked += 1;
          if (asked % 10 === 2) throw new ConnectionLost("it broke off");
          return database.ask(...words);
        },
      },
      bodies: found.options.bodies,
      tell: () => undefined,
      signal,
    });
    assert.deepEqual(differences, []);
  },
);

test("a new store whose opening was cut off is opened by the same run", { skip }, async (t) => {
  for (const when of ["before", "after"] as const) {
    const found = await bench(t, (folder) => makeOldFolder(folder));
    const wire = await startWire(t, found.url);
    const tell = ({ step }: MoveStep): void => {
      if (step === "verified") wire.cutNextCommit(when);
    };
    const to = { ...found.options.to, url: wire.url };

    assert.equal(await moveStore({ ...found.options, to, tell }), "moved", when);

    const [move] = await ask(found.url, "SELECT opened_at IS NOT NULL AS open FROM move");
    assert.equal(move?.["open"], true, when);
  }
});

test("rows are counted in pieces, of which none grows with the table", { skip }, async (t) => {
  const found = await bench(t, (folder) => makeOldFolder(folder, 400));
  await moveStore(found.options);
  const database = connect(found.url, 1);
  atEnd(t, () => database.close());
  for (const table of ["message", "chunk", "token", "arrival", "routing", "listed"]) {
    const asked: string[] = [];
    const counted = await countRows(
      {
        ask(sql, values) {
          if (values === undefined) asked.push(sql);
          return database.ask(sql, values);
        },
      },
      table,
      2,
    );
    const [row] = await database.ask(`SELECT count(*) AS count FROM ${table}`);
    assert.equal(counted, row?.["count"], table);
    assert.ok(table !== "message" || asked.length > 3, "in several pieces");
    for (const sql of asked) {
      assert.match(JSON.stringify(await database.ask(`EXPLAIN ${sql}`)), /Tid Range Scan/, sql);
    }
  }
});
