// That nothing on PostgreSQL walks through a table: of what reads, how many pages it looks at; of what writes, how it is run.

import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { Client } from "pg";

import type { MailboxId } from "@restante/mesh";

import { acknowledge, finishUpload, type Message, place } from "../../src/message.ts";
import { DAY_MS, fill, longPeriods } from "./postgres-filled.ts";
import { connect, openNode, skip, startForFile } from "./postgres-stores.ts";
import { acceptance, inline, newMessage, newToken, recipient, routedMessage, sender } from "./samples.ts";

/** Three pages of an index of each of 30 parts, or six for each of the 50 that are returned: of any table there is more. */
const MOST_PAGES = 400;
const PAGE = 50;
const postgres = await startForFile();

interface Plan {
  "Node Type": string;
  "Relation Name"?: string;
  "Index Cond"?: string;
  "Shared Hit Blocks"?: number;
  "Shared Read Blocks"?: number;
  Plans?: Plan[];
}

test(
  "nothing that is asked or written for a request, or at a tick, walks through what a month has left",
  { skip },
  async (t) => {
    const url = await postgres.createDatabase();
    const [store, client] = [await openNode(t, url), await connect(t, url)];
    const now = new Date("2026-03-30T10:20:30.456Z");
    await fill(store, client, now);
    const { rows } = await client.query<{ name: string }>(
      "SELECT oid::regclass::text AS name FROM pg_class WHERE relkind = 'r' AND reltuples >= 500",
    );
    const large = new Set(rows.map(({ name }) => name));
    assert.ok(large.size > 100, String(large.size));
    const asked = watch(t, client);
    const at = { createdAt: now, changedAt: now, acceptedAt: now };
    const since = new Date(now.getTime() - 29 * DAY_MS);

    const message = newMessage(at);
    await store.accept(acceptance(message, { token: newToken({ time: now }) }));
    const uploading = newMessage({ ...at, state: "uploading", totalChunks: 2 });
    await store.accept(acceptance(uploading));
    const finish = finishUpload(uploading, now, longPeriods);
    await store.addChunk({
      ...keyOf(uploading),
      chunk: 2,
      body: inline("world"),
      token: newToken({ time: now }),
      finish,
    });
    const [first] = await store.listReceived(recipient, { since, limit: PAGE });
    await store.listReceived(recipient, { since, limit: PAGE }, first!.sequence);
    await store.listReceived(message.mailboxId, { since, limit: PAGE });
    const [, second] = await store.listAfter(recipient, 0, PAGE);
    await store.listAfter(recipient, second!.sequence, PAGE, { match: "begins", text: "W", negated: false });
    await store.countInbox(recipient);
    await store.sequenceOf(recipient, second!.messageId);
    const waiting = (await store.findDelivered(recipient, second!.messageId))!;
    await store.find(sender, waiting.messageId);
    await store.findAnywhere(waiting.messageId);
    await store.exists(waiting.messageId);
    await store.findByLocalId(sender, "local 14000", 2);
    await store.body(waiting, 1);
    await store.listSent(sender, { since, limit: PAGE });
    await store.listSent("NOBODY" as MailboxId, { since, limit: PAGE });
    await store.listAll(PAGE, waiting.messageId);
    await store.wasUsed(newToken({ time: now }));
    await store.useToken(newToken({ time: now }));
    await store.markGiven(waiting, 1);
    assert.equal(await store.apply(acknowledge(waiting, now, longPeriods), newToken({ time: now })), "done");
    const routed = await store.listRouting(now, PAGE);
    assert.equal(routed.length, PAGE);
    await store.listRouting(now, PAGE, routed.at(-1));
    await store.holdRouting(routed[0]!.message, 2, now);
    const placed = { ...place(routed[1]!.message, recipient, now, longPeriods) };
    assert.equal(await store.apply(placed), "done");
    await store.accept(acceptance(routedMessage(at), { routingAddress: "address" }));
    const later = new Date(now.getTime() + 2 * DAY_MS);
    const due = await store.listDue(later, PAGE);
    assert.equal(due.length, PAGE);
    await store.listDue(later, PAGE, due.at(-1));
    await store.countDue(later, 100);
    const over = (await store.find(due[0]!.mailboxId, due[0]!.messageId))!;
    await store.removeBodies(over);
    await store.remove(over);
    await store.namesBodyFile("nobody's");
    await store.newestBodyFiles(20);
    await store.closureOf(recipient);
    await store.closeMailbox({ mailboxId: recipient, closedAt: now, reason: "measured" });
    await store.openMailbox(recipient);

    const statements = asked.end();
    assert.ok(statements.length > 30, String(statements.length));
    const walked = statements.flatMap(({ sql, plan }) => {
      const pages = (plan["Shared Hit Blocks"] ?? 0) + (plan["Shared Read Blocks"] ?? 0);
      if (pages > 0) return pages > MOST_PAGES ? [`${pages} pages: ${sql}`] : [];
      const walks = stepsOf(plan).filter((step) => step["Node Type"] === "Seq Scan");
      const names = walks.map((step) => step["Relation Name"] ?? "").filter((name) => large.has(name));
      return names.length > 0 ? [`${names.slice(0, 3).join(", ")}, ${names.length} in all: ${sql}`] : [];
    });
    assert.deepEqual(walked, []);
  },
);

/** Each statement that is asked from now on, with how PostgreSQL runs it at that moment: what only reads, it runs for that. */
function watch(t: TestContext, planner: Client): { end(): { sql: string; plan: Plan }[] } {
  const plans = new Map<string, Plan>();
  /** By connection: what goes behind it keeps its place. */
  const planned = new Map<Client, Promise<unknown>>();
  const { query } = Client.prototype as unknown as { query: (...words: unknown[]) => unknown };
  const mock = t.mock.method(Client.prototype, "query", function (this: Client, ...words: unknown[]): unknown {
    const again = (): unknown => Reflect.apply(query, this, words);
    const [first, second] = words as [string | { text: string; values?: unknown[] }, unknown];
    const [sql, values] = typeof first === "string" ? [first, second] : [first.text, first.values ?? second];
    if (this === planner) return again();
    if (!Array.isArray(values) || !/^\s*(?:SELECT|WITH|INSERT)/.test(sql)) {
      return planned.get(this)?.then(again, again) ?? again();
    }
    const onlyReads = /^\s*SELECT/.test(sql) && !/FOR (?:NO KEY )?UPDATE|pg_advisory/.test(sql);
    const how = onlyReads ? "ANALYZE, BUFFERS, FORMAT JSON" : "FORMAT JSON";
    const explained = planner.query<{ "QUERY PLAN": [{ Plan: Plan }] }>(`EXPLAIN (${how}) ${sql}`, values);
    const asked = explained.then(({ rows }) => {
      plans.set(sql, rows[0]!["QUERY PLAN"][0].Plan);
      return again();
    });
    planned.set(this, asked);
    return asked;
  });
  return {
    end() {
      mock.mock.restore();
      return Array.from(plans, ([sql, plan]) => ({ sql, plan }));
    },
  };
}

function stepsOf(plan: Plan): Plan[] {
  return [plan, ...(plan.Plans ?? []).flatMap(stepsOf)];
}

function keyOf({ mailboxId, messageId }: Message): Pick<Message, "mailboxId" | "messageId"> {
  return { mailboxId, messageId };
}
