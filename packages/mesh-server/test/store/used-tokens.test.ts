// That what is known of tokens without looking them up is what the rows say, whatever is asked for, given to the writer, and
// written, refused or forgotten, in whichever order.

import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";

import {
  array,
  assert as assertProperty,
  constant,
  constantFrom,
  integer,
  nat,
  oneof,
  property,
  record,
} from "fast-check";

import { migrations } from "../../src/store/sqlite/schema.ts";
import { createUsedTokens } from "../../src/store/sqlite/used-tokens.ts";
import type { TokenUse } from "../../src/store/store.ts";
import { later, now, sender } from "./samples.ts";

type Step =
  | { do: "ask" | "give"; nonce: string; count: number }
  /** The writer answers for all that it was given: every second of them was refused. */
  | { do: "answer" }
  | { do: "forget"; nonce: string };

const nonces = constantFrom("a", "b");
const steps = array(
  oneof(
    {
      arbitrary: record({ do: constantFrom("ask" as const, "give" as const), nonce: nonces, count: nat(2) }),
      weight: 10,
    },
    { arbitrary: record({ do: constant("answer" as const) }), weight: 2 },
    { arbitrary: record({ do: constant("forget" as const), nonce: nonces }), weight: 1 },
  ),
  { maxLength: 60 },
);

function use(nonce: string, nonceCount: number): TokenUse {
  return { mailboxId: sender, nonce, nonceCount, time: now, expiresAt: later };
}

test("a token is known as used exactly when it is recorded, with room for few nonces or many", () => {
  assertProperty(
    property(steps, integer({ min: 1, max: 3 }), (list: readonly Step[], most) => {
      using db = new DatabaseSync(":memory:");
      for (const statements of migrations) db.exec(statements);
      const write = db.prepare("INSERT INTO token VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING");
      const isThere = db.prepare("SELECT 1 FROM token WHERE nonce = ? AND nonce_count = ?");
      let given: TokenUse[] = [];
      const usedTokens = createUsedTokens(db, () => given.length === 0, most);

      for (const step of list) {
        if (step.do === "answer") {
          for (const [index, { mailboxId, nonce, nonceCount }] of given.entries()) {
            if (index % 2 === 0) write.run(mailboxId, nonce, nonceCount, now.getTime(), later.getTime());
          }
          given = [];
        } else if (step.do === "forget") {
          db.prepare("DELETE FROM token WHERE nonce = ?").run(step.nonce);
        } else if (step.do === "give") {
          usedTokens.note(use(step.nonce, step.count));
          given.push(use(step.nonce, step.count));
        } else {
          const isRecorded = isThere.get(step.nonce, step.count) !== undefined;
          assert.equal(usedTokens.isRecorded(use(step.nonce, step.count)), isRecorded);
        }
      }
    }),
    { numRuns: 2000 },
  );
});

test("a nonce is not forgotten for want of room while one of its tokens is on its way to the rows", () => {
  using db = new DatabaseSync(":memory:");
  for (const statements of migrations) db.exec(statements);
  let isIdle = true;
  const usedTokens = createUsedTokens(db, () => isIdle, 1);
  usedTokens.isRecorded(use("a", 5));
  usedTokens.note(use("a", 5));
  isIdle = false;
  usedTokens.isRecorded(use("b", 0));
  usedTokens.isRecorded(use("a", 3));
  db.prepare("INSERT INTO token VALUES (?, 'a', 5, ?, 0)").run(sender, now.getTime());
  isIdle = true;

  assert.equal(usedTokens.isRecorded(use("a", 5)), true);
});

test("a nonce is looked up once while its count goes up", () => {
  using db = new DatabaseSync(":memory:");
  for (const statements of migrations) db.exec(statements);
  let lookedUp = 0;
  const usedTokens = createUsedTokens(
    counting(db, () => (lookedUp += 1)),
    () => true,
  );

  for (let nonceCount = 0; nonceCount < 100; nonceCount += 1) {
    usedTokens.isRecorded(use("one", nonceCount));
  }

  assert.equal(lookedUp, 1);
});

test("a token that was never used is looked up again each time it is asked for: who watches the server asks so", () => {
  using db = new DatabaseSync(":memory:");
  for (const statements of migrations) db.exec(statements);
  let lookedUp = 0;
  const usedTokens = createUsedTokens(
    counting(db, () => (lookedUp += 1)),
    () => true,
  );

  for (let times = 0; times < 3; times += 1) {
    usedTokens.isRecorded(use("", 0));
    assert.equal(lookedUp, times + 1);
  }
});

test("no more nonces are remembered than there is room for, and the next are as soon as nothing is on its way", () => {
  using db = new DatabaseSync(":memory:");
  for (const statements of migrations) db.exec(statements);
  let lookedUp = 0;
  let isIdle = false;
  const usedTokens = createUsedTokens(
    counting(db, () => (lookedUp += 1)),
    () => isIdle,
    2,
  );
  const lookUps = (nonce: string): number[] =>
    [0, 1, 2].map((nonceCount) => {
      lookedUp = 0;
      usedTokens.isRecorded(use(nonce, nonceCount));
      return lookedUp;
    });

  assert.deepEqual([lookUps("a"), lookUps("b")].flat(), [1, 0, 0, 1, 0, 0]);
  assert.deepEqual(lookUps("c"), [1, 1, 1]);
  isIdle = true;
  assert.deepEqual(lookUps("c"), [1, 0, 0]);
});

/** The database, with each run of its statements counted. */
function counting(db: DatabaseSync, count: () => void): DatabaseSync {
  const prepare = (sql: string): object => {
    const statement = db.prepare(sql);
    return {
      get(...values: [string, string, number, number]) {
        count();
        return statement.get(...values);
      },
    };
  };
  return { prepare } as unknown as DatabaseSync;
}
