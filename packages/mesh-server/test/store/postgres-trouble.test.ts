// What becomes of operations when PostgreSQL, or others who use it, are in the way.

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { chownSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { type MailboxId, newMessageId } from "@restante/mesh";
import { waitFor } from "@restante/testbed";
import { Client, DatabaseError } from "pg";

import { isOfEveryMessage, MeshServerError } from "../../src/errors.ts";
import { acknowledge, finishUpload, type Message, place } from "../../src/message.ts";
import {
  asStoreError,
  connect as connectStore,
  isMistake,
  isWorthAnotherTry,
} from "../../src/store/postgres/database.ts";
import { CommitWaits } from "../../src/store/postgres/in-doubt.ts";
import { migrate, migrations } from "../../src/store/postgres/schema.ts";
import { connect, openNode, openTwoNodes, skip, startForFile } from "./postgres-stores.ts";
import {
  acceptance,
  inline,
  later,
  listed,
  newMessage,
  newToken,
  now,
  periods,
  recipient,
  routedMessage,
  sender,
} from "./samples.ts";
import { smallDisk } from "./small-disk.ts";
import { startWire } from "./wire.ts";

const postgres = await startForFile({ log_statement: "all" });

function codeOf(settled: PromiseSettledResult<unknown>): string | undefined {
  assert.ok(settled.status === "rejected" && settled.reason instanceof MeshServerError);
  assert.equal(settled.reason.retry, "safe");
  return settled.reason.code;
}

async function isWaiting(client: Client, many: number): Promise<void> {
  await waitFor(async () => {
    const { rows } = await client.query(
      "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
    );
    return rows.length === many;
  });
}

function lockTimeouts(): number {
  return postgres.said().split("canceling statement due to lock timeout").length - 1;
}

test(
  "a mailbox that is locked for long holds others up once, not with each group, and takes messages when it is free",
  { skip },
  async (t) => {
    const { url, one } = await openTwoNodes(t, postgres);
    const holder = await connect(t, url);
    const mailboxId = "HELD" as MailboxId;
    const toHeld = () => acceptance(newMessage({ recipientId: mailboxId, to: mailboxId }));
    await one.accept(toHeld());
    await holder.query("BEGIN");
    await holder.query("SELECT FROM mailbox WHERE mailbox_id = $1 FOR UPDATE", [mailboxId]);

    const before = lockTimeouts();
    for (let round = 0; round < 10; round += 1) {
      const refused = toHeld();
      const [other, toOne] = await Promise.allSettled([one.accept(acceptance(newMessage())), one.accept(refused)]);
      assert.deepEqual(other, { status: "fulfilled", value: "done" });
      assert.equal(codeOf(toOne), "mailbox-held");
      assert.equal(await one.wasUsed(refused.token!), false);
    }
    assert.equal(lockTimeouts() - before, 1);
    assert.equal(one.trouble(), undefined);

    await holder.query("ROLLBACK");
    // Once it is free, what was refused is looked for no more, whoever sends then.
    await one.accept(acceptance(newMessage()));
    const looks = (): number => postgres.said().split("SKIP LOCKED").length;
    const looked = looks();
    await one.accept(acceptance(newMessage()));
    assert.equal(looks(), looked);
    assert.equal(await one.accept(toHeld()), "done");
    assert.equal((await listed(one)).length, 12);
  },
);

test("what is of one operation, by its code, is told of it alone; what is of all is told as that", () => {
  const told = (code: string): [string, boolean] => {
    const error = asStoreError(Object.assign(new DatabaseError("secret", 6, "error"), { code }));
    assert.doesNotMatch(error.message, /secret/);
    return [error instanceof MeshServerError ? error.code : error.message, isOfEveryMessage(error)];
  };
  for (const code of ["22021", "23505", "42P01", "54000", "0A000"]) {
    assert.deepEqual(told(code), [`PostgreSQL refused it: ${code}`, false]);
  }
  for (const code of ["XX000", "XX001", "XX002", "58030", "58P01"]) {
    assert.deepEqual(told(code), ["row-unreadable", false]);
  }
  assert.deepEqual(told("53100"), ["store-full", true]);
  for (const code of ["53200", "57014", "58000", "25006", "40001", "55P03"]) {
    assert.deepEqual(told(code), ["store-busy", true]);
  }
  const readOnly = asStoreError(Object.assign(new DatabaseError("secret", 6, "error"), { code: "25006" }));
  assert.match(readOnly.message, /only reads: it is a standby/);
  const waits = new CommitWaits();
  assert.deepEqual([isWorthAnotherTry(waits), isMistake(waits)], [true, false]);
  assert.match(String(asStoreError(waits)), /it waits, as for a synchronous standby/);
});

test("where nothing may be written any more that is told, until it may be written again", { skip }, async (t) => {
  const url = await postgres.createDatabase();
  const [store, client] = [await openNode(t, url), await connect(t, url)];
  await store.accept(acceptance(newMessage()));
  const setReadOnly = async (value: "on" | "off"): Promise<void> => {
    await client.query("BEGIN READ WRITE");
    await client.query(`ALTER DATABASE ${new URL(url).pathname.slice(1)} SET default_transaction_read_only = ${value}`);
    await client.query("COMMIT");
  };
  const asked = (): number => postgres.said().split("UPDATE digest_salt").length;

  await setReadOnly("on");
  await client.query(`SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()`);
  const [refused] = await Promise.allSettled([store.accept(acceptance(newMessage()))]);
  assert.equal(codeOf(refused), "store-busy");
  const before = asked();
  await waitFor(() => asked() > before + 1, { what: "what is asked while nothing comes" });
  assert.match(store.trouble() ?? "", /only reads: it is a standby, or default_transaction_read_only is on/);

  // Of those that it has none is used any more.
  await setReadOnly("off");
  await waitFor(() => store.trouble() === undefined, { what: "the trouble to be over" });
  assert.equal(await store.accept(acceptance(newMessage())), "done");
});

test("a message whose row is damaged is refused alone, after few tries of what came with it", { skip }, async (t) => {
  const url = await postgres.createDatabase();
  const [store, client] = [await openNode(t, url), await connect(t, url)];
  const [ill, ...well] = Array.from({ length: 64 }, () => newMessage()) as [Message, ...Message[]];
  await Promise.all([ill, ...well].map((message) => store.accept(acceptance(message))));
  // As PostgreSQL says it of a page: that of one message.
  await client.query(`CREATE FUNCTION damaged() RETURNS trigger LANGUAGE plpgsql AS
    $$BEGIN RAISE 'invalid page in block 3 of relation' USING ERRCODE = 'XX001'; END$$`);
  await client.query(`CREATE TRIGGER damaged BEFORE UPDATE ON message_state FOR EACH ROW
    WHEN (OLD.message_id = '${ill.messageId}') EXECUTE FUNCTION damaged()`);
  const query = t.mock.method(Client.prototype, "query");

  const [refused, ...others] = await Promise.allSettled(
    [ill, ...well].map((message) => store.apply(acknowledge(message, later, periods), newToken())),
  );

  const begun = query.mock.calls.filter(({ arguments: [sql] }) => sql.startsWith("BEGIN ISOLATION"));
  query.mock.restore();
  assert.ok(begun.length < 25, `${begun.length} transactions`);
  assert.ok(refused?.status === "rejected" && !isOfEveryMessage(refused.reason));
  assert.match(String(refused.reason), /PostgreSQL cannot read, or write, what this needs: XX001/);
  assert.deepEqual(
    others,
    well.map(() => ({ status: "fulfilled", value: "done" })),
  );
  assert.equal(store.trouble(), undefined);
});

test(
  "a connection that is lost while it is asked what was wrong with one of a group leaves that one safe to send again",
  { skip },
  async (t) => {
    const url = await postgres.createDatabase();
    const wire = await startWire(t, url);
    const [store, client] = [await openNode(t, wire.url), await connect(t, url)];
    const [ill, well] = [newMessage(), newMessage()];
    await client.query(`CREATE FUNCTION refused() RETURNS trigger LANGUAGE plpgsql AS
      $$BEGIN RAISE 'refused' USING ERRCODE = '22023'; END$$`);
    await client.query(`CREATE TRIGGER refused BEFORE INSERT ON message_state FOR EACH ROW
      WHEN (NEW.message_id = '${ill.messageId}') EXECUTE FUNCTION refused()`);
    wire.cutBefore("SELECT FROM token WHERE");

    const [refused, other] = await Promise.allSettled([ill, well].map((message) => store.accept(acceptance(message))));

    assert.equal(codeOf(refused!), "store-busy");
    assert.deepEqual(other, { status: "fulfilled", value: "done" });
    assert.deepEqual(await listed(store), [well.messageId]);
  },
);

test("a message that is locked for long is refused alone", { skip }, async (t) => {
  const { url, one } = await openTwoNodes(t, postgres);
  const holder = await connect(t, url);
  const { acceptedAt: _, ...message } = newMessage({ state: "uploading", totalChunks: 2 });
  await one.accept(acceptance(message));
  await holder.query("BEGIN; SELECT FROM message_state FOR UPDATE");
  const { messageId } = message;
  const chunk = {
    mailboxId: sender,
    messageId,
    chunk: 2,
    body: inline("two"),
    finish: finishUpload(message, later, periods),
  };

  const [other, toHeld] = await Promise.allSettled([one.accept(acceptance(newMessage())), one.addChunk(chunk)]);
  assert.deepEqual(other, { status: "fulfilled", value: "done" });
  assert.equal(codeOf(toHeld), "mailbox-held");

  await holder.query("ROLLBACK");
  assert.equal(await one.addChunk(chunk), "finished");
});

test(
  "who acknowledges at one node what the other is just placing finds the mailbox that it was placed in",
  { skip },
  async (t) => {
    const { url, one, two } = await openTwoNodes(t, postgres);
    const [holder, watcher] = [await connect(t, url), await connect(t, url)];
    const message = routedMessage();
    await one.accept(acceptance(message, { routingAddress: "GPPROVIDER_address" }));
    await holder.query("BEGIN; SELECT FROM message_state FOR UPDATE");
    const placed = one.apply(place(message, recipient, later, periods));
    await isWaiting(watcher, 1);
    // It is in no mailbox yet.
    const acknowledged = two.apply(acknowledge({ ...message, state: "accepted" }, later, periods));
    await isWaiting(watcher, 2);
    await holder.query("ROLLBACK");

    assert.deepEqual(await Promise.all([placed, acknowledged]), ["done", "done"]);
    assert.deepEqual([await listed(two), await two.countInbox(recipient)], [[], 0]);
  },
);

test("the limits of a mailbox are kept by nodes that race", { skip }, async (t) => {
  const { one, two } = await openTwoNodes(t, postgres, { limits: { messages: 10, bytes: 1000 } });
  const send = (count: number, bytes: number, mailboxId: MailboxId): Promise<string[]> =>
    Promise.all(
      Array.from({ length: count }, (_, index) =>
        (index % 2 === 0 ? one : two).accept(acceptance(newMessage({ recipientId: mailboxId, to: mailboxId, bytes }))),
      ),
    );
  for (let round = 0; round < 5; round += 1) {
    const [many, large] = [`M${round}`, `L${round}`] as MailboxId[];
    const [ofMany, ofLarge] = await Promise.all([send(40, 5, many!), send(40, 300, large!)]);
    assert.equal(ofMany.filter((outcome) => outcome === "done").length, 10);
    assert.equal(ofLarge.filter((outcome) => outcome === "done").length, 4);
    assert.deepEqual(await two.waitingIn(large!), { messages: 4, bytes: 1200 });
  }
});

test(
  "a connection that is lost while it commits leaves what it committed in doubt, and the node goes on",
  { skip },
  async (t) => {
    const wire = await startWire(t, await postgres.createDatabase());
    const store = await openNode(t, wire.url);
    assert.equal(await store.accept(acceptance(newMessage())), "done");
    for (const when of ["before", "after"] as const) {
      const message = newMessage();
      wire.cutNextCommit(when);

      await assert.rejects(store.accept(acceptance(message)), { code: "commit-unknown", retry: "ambiguous" });

      assert.equal((await listed(store)).includes(message.messageId), when === "after");
      assert.equal(await store.accept(acceptance(newMessage())), "done");
      assert.equal(store.trouble(), undefined);
    }
  },
);

test(
  "a connection that is lost in a commit before a group's own, as of a mailbox's row, leaves nothing in doubt",
  { skip },
  async (t) => {
    const url = await postgres.createDatabase();
    const wire = await startWire(t, url);
    const [store, holder] = [await openNode(t, wire.url), await connect(t, url)];
    const otherDay = new Date(now.getTime() - 40 * 24 * 60 * 60 * 1000);
    for (const when of ["before", "after"] as const) {
      const mailboxId = `NEW${when.toUpperCase()}` as MailboxId;
      const toNew = (): Message => newMessage({ recipientId: mailboxId, to: mailboxId });
      await store.accept(acceptance(newMessage()));
      wire.cutNextCommit(when);
      assert.equal(await store.accept(acceptance(toNew())), "done", "of the row of a mailbox");

      wire.cutNextCommit(when);
      const messageId = newMessageId(new Date(otherDay.getTime() + (when === "after" ? 24 * 60 * 60 * 1000 : 0)));
      assert.equal(await store.accept(acceptance(newMessage({ messageId }))), "done", "of a part");

      await holder.query("BEGIN");
      await holder.query("SELECT FROM mailbox WHERE mailbox_id = $1 FOR UPDATE", [mailboxId]);
      wire.cutNextCommit(when);
      const [other, held] = await Promise.allSettled(
        [newMessage(), toNew()].map((each) => store.accept(acceptance(each))),
      );
      await holder.query("ROLLBACK");
      assert.deepEqual([other, codeOf(held!)], [{ status: "fulfilled", value: "done" }, "mailbox-held"]);
    }
    assert.equal(store.trouble(), undefined);
  },
);

test(
  "on a full disk of PostgreSQL what is new is refused, as safe to send again, and takes no acknowledgement with it for which there is room",
  { skip },
  async (t) => {
    const disk = smallDisk(t, 40);
    if (disk === undefined) return;
    chownSync(disk, 65_534, 65_534);
    const room = join(disk, "room");
    writeFileSync(room, new Uint8Array(2_000_000));
    const url = await postgres.createDatabase();
    const client = await connect(t, url);
    const name = new URL(url).pathname.slice(1);
    await client.query(`CREATE TABLESPACE small LOCATION '${disk}'`);
    await client.query(`ALTER ROLE restante IN DATABASE ${name} SET default_tablespace = small`);
    const store = await openNode(t, url);
    const body = { kind: "inline", size: 65_536, bytes: randomBytes(65_536) } as const;
    // Of each table that an acknowledgement writes to there is a page: of what is left when a large body did not fit, little is sure.
    const before = newMessage();
    await store.accept(acceptance(before));
    await store.apply(acknowledge(before, later, periods), newToken());
    const accepted = [newMessage()];
    await store.accept(acceptance(accepted[0]!));
    let filled: PromiseSettledResult<unknown>;
    for (;;) {
      const message = newMessage();
      [filled] = await Promise.allSettled([store.accept(acceptance(message, { body }))]);
      if (filled.status === "rejected") break;
      accepted.push(message);
    }
    assert.equal(codeOf(filled), "store-full");
    assert.deepEqual([store.isFull(), store.trouble()], [true, undefined]);
    rmSync(room);

    const large = { kind: "inline", size: 8_000_000, bytes: randomBytes(8_000_000) } as const;
    const [refused, ...others] = await Promise.allSettled([
      store.accept(acceptance(newMessage(), { body: large })),
      ...accepted.slice(0, 3).map((message) => store.apply(acknowledge(message, later, periods), newToken())),
    ]);

    assert.equal(codeOf(refused), "store-full");
    assert.deepEqual(
      others,
      others.map(() => ({ status: "fulfilled", value: "done" })),
    );
    assert.deepEqual(
      await listed(store),
      accepted.slice(3).map(({ messageId }) => messageId),
    );
    assert.equal(store.isFull(), true, "what leaves says nothing of it");
    assert.equal(await store.accept(acceptance(newMessage())), "done");
    assert.equal(store.isFull(), false);
  },
);

test("a node goes on while a newer one changes the schema, and no older one opens it then", { skip }, async (t) => {
  const { url, one } = await openTwoNodes(t, postgres);
  const over = new AbortController();
  const sent: string[] = [];
  const sending = (async () => {
    while (!over.signal.aborted || sent.length < 5) sent.push(await one.accept(acceptance(newMessage())));
  })();
  await waitFor(() => sent.length > 5);
  const newer = connectStore(url, 1);
  t.after(() => newer.close());
  const tables = [
    "mailbox",
    "message",
    "message_state",
    "chunk",
    "arrival",
    "departure",
    "listed",
    "floor",
    "token",
    "routing",
  ];

  await migrate(newer, [
    ...migrations,
    tables.map((table) => `ALTER TABLE ${table} ADD COLUMN newer text;`).join("\n"),
  ]);
  const from = sent.length;
  await waitFor(() => sent.length > from + 5);
  over.abort();
  await sending;

  assert.deepEqual(new Set(sent), new Set(["done"]));
  await assert.rejects(openNode(t, url), { code: "store-too-new" });
  assert.equal(
    await one.apply(acknowledge((await one.findDelivered(recipient, (await listed(one))[0]!))!, later, periods)),
    "done",
  );
});

test(
  "nothing of a session is leaned on: no statement has a name, and what is set or locked ends with its transaction",
  { skip },
  async (t) => {
    const { one } = await openTwoNodes(t, postgres);
    const from = postgres.said().length;
    const message = newMessage();
    await one.accept(acceptance(message));
    await one.apply(acknowledge(message, later, periods), newToken());
    await one.closeMailbox({ mailboxId: recipient, closedAt: later, reason: "moves" });
    await one.keepParts(later);
    await one.forgetTokens(later, 10);
    await one.seeTime({ at: 0 } as never);
    await listed(one);

    const said = postgres.said().slice(from);
    assert.ok(said.includes("execute <unnamed>"));
    assert.doesNotMatch(said, /execute (?!<unnamed>)/);
    assert.doesNotMatch(
      said,
      /(?:statement: |; )SET (?!LOCAL\b)|\bLISTEN\b|\bDECLARE\b|\bTEMP\b|pg_(?:try_)?advisory_lock/,
    );
  },
);
