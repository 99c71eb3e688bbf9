import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { createWorklistPages } from "@restante/worklist";
import { deliver, type DirectoryPractice, openPractice } from "../../../practice/test/support/economy.ts";
import { message, workflowId } from "../../../practice/test/support/messages.ts";
import { receiver, sender } from "../../../practice/test/support/organisations.ts";
import { by, openTestAccess, testCertificate } from "../../../web/test/access/secure-site.ts";
import { settableClock } from "@restante/testbed";
import { Agent } from "node:https";
import { jsonOf, type Program, programAt } from "./open-api-site.ts";

interface Real {
  readonly to: DirectoryPractice;
  /** A program of its own, with a token of its own. */
  readonly program: (name: string) => Program;
  /** So many messages come, and each is a task. */
  readonly receive: (count: number) => Promise<void>;
}

/** A practice with its own store, over HTTPS. */
async function openReal(t: TestContext): Promise<Real> {
  const to = await openPractice(t, receiver);
  const clock = settableClock();
  const access = await openTestAccess(t, clock);
  const { tls, ca } = await testCertificate();
  const pages = await createWorklistPages({
    worklist: to.practice.worklist,
    organisation: receiver,
    audit: access.audit,
    programs: access,
    signIn: { access, secondFactor: "optional", now: () => clock.now() },
    door: { tls },
    host: "127.0.0.1",
    port: 0,
  });
  t.after(() => pages[Symbol.asyncDispose]());
  const agent = new Agent({ keepAlive: true, ca });
  t.after(() => agent.destroy());
  return {
    to,
    program: (name) =>
      programAt(pages.url, access.tokens.add({ name, roles: ["clinician"], days: 30 }, by).secret, agent),
    async receive(count) {
      for (let index = 0; index < count; index += 1) {
        deliver(to, message().xml, { from: sender.mailboxId, workflowId, subject: "x" });
      }
      await to.practice.cycle();
    },
  };
}

test("of two programs that act on one task at once one has done it, and the other is told how it stands now", async (t) => {
  const { program, receive } = await openReal(t);
  await receive(1);
  const [records, documents] = [program("records"), program("documents")];
  const { version } = jsonOf(await records.get("/api/tasks/1"));
  const answers = await Promise.all([
    records.post("/api/tasks/1/complete", { version, reason: "filed", note: "4711" }),
    documents.post("/api/tasks/1/complete", { version, reason: "not-for-us" }),
  ]);
  const [done, late] = answers.toSorted((a, b) => a.status - b.status).map((answer) => [answer.status, jsonOf(answer)]);
  const task = jsonOf(await records.get("/api/tasks/1"));
  assert.deepEqual(done, [200, { version: task["version"] }]);
  assert.deepEqual(late, [
    409,
    {
      type: "urn:restante:problem:changed-meanwhile",
      title: "It has changed since it was read, so nothing was done: read it again, and decide anew.",
      status: 409,
      code: "changed-meanwhile",
      version: task["version"],
      state: "completed",
    },
  ]);
  const acts = task["acts"] as { act: string; by: { id: string }; reason: string }[];
  assert.equal(acts.length, 1);
  const [winner] = acts;
  assert.equal(winner?.by.id, answers[0].status === 200 ? "token:records" : "token:documents");
  assert.equal(winner?.reason, answers[0].status === 200 ? "filed" : "not-for-us");

  // Whoever has done it, and had no answer, asks once more: it is one act.
  const [who, body] =
    answers[0].status === 200
      ? [records, { version, reason: "filed", note: "4711" }]
      : [documents, { version, reason: "not-for-us" }];
  assert.deepEqual(jsonOf(await who.post("/api/tasks/1/complete", body)), { version: task["version"] });
  assert.equal((jsonOf(await records.get("/api/tasks/1"))["acts"] as unknown[]).length, 1);
});

test("a program that was down asks for what came since: each task once, also those that come or are done while it asks", async (t) => {
  const { program, receive } = await openReal(t);
  const asking = program("records");
  let last = 0;
  const next = async (): Promise<number[]> => {
    const answer = await asking.get(`/api/tasks?state=all&sort=oldest&size=2&after=${last}`);
    const ids = (jsonOf(answer)["items"] as { taskId: number }[]).map(({ taskId }) => taskId);
    last = ids.at(-1) ?? last;
    return ids;
  };
  await receive(2);
  assert.deepEqual([await next(), await next()], [[1, 2], []]);
  // Down; meanwhile:
  await receive(3);
  const { version } = jsonOf(await asking.get("/api/tasks/3"));
  await asking.post("/api/tasks/3/complete", { version, reason: "filed" });
  assert.deepEqual(await next(), [3, 4]);
  await receive(1);
  const done = jsonOf(await asking.get("/api/tasks/4"))["version"];
  await asking.post("/api/tasks/4/complete", { version: done, reason: "filed" });
  assert.deepEqual([await next(), await next()], [[5, 6], []]);
  // What is still to be done of them, by another filter.
  const open = jsonOf(await asking.get("/api/tasks?sort=oldest&after=1"));
  assert.deepEqual(
    (open["items"] as { taskId: number }[]).map(({ taskId }) => taskId),
    [2, 5, 6],
  );
  assert.equal(open["total"], 3);
  for (const after of ["-1", "x", "01", "1e3", "1000000000"]) {
    const { status, text } = await asking.get(`/api/tasks?after=${after}`);
    assert.deepEqual([status, JSON.parse(text).problems[0].pointer], [400, "/after"], after);
  }
});
