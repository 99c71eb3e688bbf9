import assert from "node:assert/strict";
import { test } from "node:test";
import type { MailboxId, MessageId } from "@restante/mesh";
import { ask } from "../../web/test/http.ts";
import { headerIds, hostile } from "./sample-things.ts";
import { organisation, sampleWorklist, type SampleWorklist } from "./sample-worklist.ts";
import { openPages } from "./open-pages.ts";
import { poisoned, sampleView } from "./sample-view.ts";

/** Every text that a sender, a recipient, MESH or a person can write, in everything that there is, in every state. */
function poison({ all, sent, unmatched, trouble, views }: SampleWorklist): void {
  views.set(1, poisoned(sampleView({ modified: true }), hostile));
  const mailboxId = hostile as MailboxId;
  const messageId = hostile as MessageId;
  const at = new Date("2026-11-23T10:00:00Z");
  const by = { id: hostile, name: hostile };
  const acts = [{ at, by, act: "dealt-with" as const, about: hostile, note: hostile }];
  const matters = [
    { state: "new" as const, reason: hostile, raisedAt: at },
    { state: "dealt-with" as const, reason: hostile, raisedAt: at, dealtWith: { at, by, note: hostile } },
  ];
  const answer = { code: hostile, text: hostile, diagnostics: hostile, positive: false, receivedAt: at, messageId };
  for (const [index, task] of all.entries()) {
    Object.assign(task, {
      subject: hostile,
      sender: { mailboxId, organisation: { odsCode: hostile, name: hostile, phone: hostile }, practitioner: hostile },
      patient: { ...task.patient, name: hostile, nhsNumber: hostile, dateOfBirth: hostile },
      workflowId: hostile,
      messageId,
      headerId: hostile,
      documentId: hostile,
      title: hostile,
      documentDate: hostile,
      matter: matters[index % 2],
      findings: [{ id: hostile, severity: "error", location: hostile, text: hostile }],
      duplicates: [{ messageId, receivedAt: at, code: "20007" }],
      acts,
    });
    if (task.kind !== "document") task.reason = hostile;
    for (const response of task.responses)
      Object.assign(response, { text: hostile, to: mailboxId, copy: messageId, problem: hostile });
    for (const attachment of task.attachments)
      Object.assign(attachment, {
        title: hostile,
        contentType: hostile,
        damaged: attachment.primary ? undefined : true,
      });
  }
  for (const [index, report] of sent.entries()) {
    Object.assign(report, {
      subject: hostile,
      documentId: hostile,
      consultationId: hostile,
      workflowId: hostile,
      messageId,
      recipient: { kind: "organisation", odsCode: hostile, mailboxId, name: hostile },
      infrastructure: answer,
      business: answer,
      matter: matters[index % 2],
      meshReports: [{ messageId, receivedAt: at, event: hostile, success: false, code: hostile, text: hostile }],
      unused: [
        { messageId, receivedAt: at, from: mailboxId, level: "business", code: hostile, text: hostile, strayId: 1 },
      ],
      problem: hostile,
      acts,
    });
    for (const attachment of report.attachments) Object.assign(attachment, { title: hostile });
  }
  for (const stray of unmatched) {
    Object.assign(stray, {
      messageId,
      from: mailboxId,
      mailboxId,
      workflowId: hostile,
      reason: hostile,
      code: hostile,
      text: hostile,
      headerId: hostile,
      linkedMessageId: hostile,
      event: hostile,
      about: { kind: "report", headerId: headerIds.accepted },
      matter: matters[0],
      acts,
    });
  }
  trouble.push({ part: "collecting", mailboxId, since: at, code: "unreachable", reason: hostile });
}

test("whatever a sender, a recipient, MESH or a person writes is shown as text on every page", async (t) => {
  const worklist = sampleWorklist();
  poison(worklist);
  const hostileOrganisation = { ...organisation, name: hostile };
  const pages = await openPages(t, { worklist, organisation: hostileOrganisation });
  const reports = Object.values(headerIds).filter((id) => id !== headerIds.heldResponse);
  const paths = [
    "/",
    "/?show=all",
    "/?show=attention",
    "/?show=completed",
    ...worklist.all.map(({ taskId }) => `/tasks/${taskId}`),
    "/tasks/1/entries",
    "/reports",
    "/reports?show=attention",
    "/reports?show=dealt-with",
    ...reports.map((id) => `/reports/${id}`),
    "/unmatched",
    "/unmatched/1",
    `/?done=completed&item=${encodeURIComponent(hostile)}`,
    `/?show=${encodeURIComponent(hostile)}`,
    `/tasks/1?from=${encodeURIComponent(hostile)}`,
  ];
  for (const path of paths) {
    const { status, text } = await ask(pages.url + path);
    assert.equal(status, 200, path);
    const shown = text.match(/&lt;script&gt;alert\(&quot;x&quot;\)&lt;\/script&gt;&#39;&quot;&amp;\{\{7\*1111111\}\}/g);
    assert.ok((shown?.length ?? 0) > 3, `${path} shows none of it`);
    assert.doesNotMatch(text, /<script>|alert\("x"\)/, path);
    assert.doesNotMatch(text, /&amp;(lt|quot|amp|#39);/, `${path} escapes twice`);
    assert.ok(!text.includes("7777777"), `${path}: a template in a text was worked out`);
    for (const [, name, value] of text.matchAll(/\s([a-z-]+)="([^"]*)"/g))
      assert.ok(!/[<>]/.test(value ?? "") && !name?.startsWith("on"), `${path}: ${name}="${value}"`);
  }
});
