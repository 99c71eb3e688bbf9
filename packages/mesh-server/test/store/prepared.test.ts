// That statements are prepared once, however often they are run: to prepare one takes longer than what it looks up.

import assert from "node:assert/strict";
import { constants, DatabaseSync } from "node:sqlite";
import { test } from "node:test";

import { acknowledge } from "../../src/message.ts";
import { createOperations } from "../../src/store/sqlite/operations.ts";
import { createReads } from "../../src/store/sqlite/reads.ts";
import { migrations } from "../../src/store/sqlite/schema.ts";
import { createUsedTokens } from "../../src/store/sqlite/used-tokens.ts";
import { acceptance, later, newMessage, newToken, periods, recipient } from "./samples.ts";

test("nothing is prepared anew for a message that is sent, listed, downloaded and acknowledged", () => {
  using db = new DatabaseSync(":memory:");
  for (const statements of migrations) db.exec(statements);
  const operations = createOperations(db, { messages: 1000, bytes: 1_000_000 });
  const reads = createReads(db);
  const usedTokens = createUsedTokens(db, () => true);
  const oldToken = newToken();
  let prepared = 0;
  // Asked of each table and column when a statement is prepared, and never when it is run.
  db.setAuthorizer(() => {
    prepared += 1;
    return constants.SQLITE_OK;
  });
  const cycle = (): void => {
    const message = newMessage();
    const { mailboxId, messageId } = message;
    assert.equal(usedTokens.isRecorded(newToken()), false);
    assert.equal(usedTokens.isRecorded(oldToken), false);
    assert.equal(reads.waitingIn(recipient).messages, 0);
    assert.equal(operations.run({ kind: "accept", acceptance: acceptance(message) }), "done");
    assert.deepEqual(
      reads.listAfter(recipient, 0, 501).entries.map((entry) => entry.messageId),
      [messageId],
    );
    assert.equal(reads.countInbox(recipient), 1);
    assert.equal(reads.find(mailboxId, messageId)?.state, "accepted");
    assert.equal(reads.findDelivered(recipient, messageId)?.state, "accepted");
    assert.equal(reads.body(message, 1)?.size, 5);
    operations.run({ kind: "given", mailboxId, messageId, chunk: 1 });
    operations.run({ kind: "token", token: newToken() });
    const change = acknowledge(message, later, periods);
    assert.equal(operations.run({ kind: "apply", change, token: newToken() }), "done");
  };

  // Once for the authorizer itself, which came after them.
  cycle();
  prepared = 0;
  cycle();
  cycle();

  assert.equal(prepared, 0);
});
