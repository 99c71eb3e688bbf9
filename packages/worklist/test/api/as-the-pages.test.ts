import assert from "node:assert/strict";
import { test } from "node:test";
import { mailbox } from "../sample-messages.ts";
import { headerIds } from "../sample-things.ts";
import { fillUnread } from "../sample-unread.ts";
import { jsonOf, openApiSite } from "./open-api-site.ts";

test("a program is told of a task what its page says of it", async (t) => {
  const { worklist, access, program, tokens } = await openApiSite(t, "optional", "nobody");
  const asking = program(tokens["read-only"]);
  const read = async (path: string): Promise<Record<string, unknown>> => jsonOf(await asking.get(`/api${path}`));
  const [first, , third] = worklist.all;
  const openedAt = new Date("2026-11-23T09:00:00Z");
  first!.work = { openedAt };
  first!.sender.organisation = { odsCode: "Y99001", phone: "01632 960002" };
  first!.attachments[1]!.huge = true;
  const about = [{ what: "Practitioner", count: 1 }];
  first!.notices = [{ kind: "not-shown", text: "It holds what cannot be shown.", about }];

  const task = await read("/tasks/1");
  assert.equal(task["consultedAt"], "2026-11-19T18:40:00+00:00");
  assert.deepEqual(task["work"], { openedAt: openedAt.toISOString() });
  assert.equal((task["sender"] as { phone: string }).phone, "01632 960002");
  assert.deepEqual(task["notices"], first!.notices);
  assert.equal((task["attachments"] as { huge?: true }[])[1]?.huge, true);
  assert.deepEqual(task["next"], []);
  // Of one that was not accepted: what its sender was told, and what to do.
  const refused = await read(`/tasks/${third!.taskId}`);
  assert.equal(refused["refusedWith"], "20006");
  assert.match((refused["next"] as string[])[0] ?? "", /^Phone Exampleton GP Federation/);

  const { items, total } = (await read("/tasks/1/patient")) as { items: { taskId: number }[]; total: number };
  assert.deepEqual([total, items.map(({ taskId }) => taskId)], [1, [1]]);
  assert.deepEqual(access.audit.find({ limit: 1 }).rows[0]?.subjects, ["task:1"]);
  assert.equal((await asking.get("/api/tasks/77/patient")).status, 404);

  assert.deepEqual((await read("/unread"))["items"], []);
  fillUnread(worklist);
  const late = (await read("/unread"))["items"] as { task: { taskId: number } }[];
  assert.deepEqual(
    late.map(({ task: { taskId }, ...why }) => [taskId, why]),
    [
      [1, { openBy: "2026-11-23T12:00:00.000Z" }],
      [2, { openBy: "2026-11-23T12:00:00.000Z", overdue: true }],
    ],
  );
  assert.deepEqual(access.audit.find({ limit: 1 }).rows[0]?.subjects, ["task:1", "task:2"]);
  // Nothing of it was opened by a program.
  assert.deepEqual(worklist.opens, []);
});

test("a program is told of what is unmatched why it is, what of ours it names and what to do, and what the system cannot do", async (t) => {
  const { worklist, program, tokens } = await openApiSite(t, "optional", "nobody");
  const asking = program(tokens["read-only"]);
  const read = async (path: string): Promise<Record<string, unknown>> => jsonOf(await asking.get(`/api${path}`));
  const stray = await read("/unmatched/1");
  assert.deepEqual([stray["why"], stray["about"]], ["not-sent-here", undefined]);
  assert.match((stray["guidance"] as { means: string }).means, /was not sent from here/);
  for (const about of [
    { kind: "report", headerId: headerIds.overdue },
    { kind: "task", taskId: 2 },
  ] as const) {
    worklist.unmatched[0]!.about = about;
    assert.deepEqual((await read("/unmatched/1"))["about"], about);
  }

  assert.deepEqual(await read("/troubles"), { items: [] });
  const since = new Date("2026-11-23T07:00:00Z");
  worklist.trouble.push({
    part: "collecting",
    mailboxId: mailbox("Y99002OT001"),
    since,
    code: "x",
    reason: "It hangs.",
  });
  assert.deepEqual(await read("/troubles"), {
    items: [
      { part: "collecting", mailboxId: "Y99002OT001", since: since.toISOString(), code: "x", reason: "It hangs." },
    ],
  });
  assert.deepEqual((await read("/counts"))["reportsBy"], (await worklist.counts()).reportsBy);
});
