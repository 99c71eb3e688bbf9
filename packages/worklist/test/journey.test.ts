import assert from "node:assert/strict";
import { test } from "node:test";
import { waitFor } from "@restante/testbed";
import { consultationOf, openParty, startEconomy } from "../../practice/test/support/real.ts";
import { ask, formOf, readable, submit } from "../../web/test/http.ts";
import { person } from "../../practice/test/support/person.ts";
import { openPages } from "./open-pages.ts";

test("what was sent is read at the practice and its acknowledgements at the sender, on their pages", async (t) => {
  const server = await startEconomy(t);
  const sender = await openParty(t, server, "sender", "directory");
  const practice = await openParty(t, server, "practice", "directory");
  const pagesOf = async ({ options, practice: { worklist } }: typeof sender): Promise<string> => {
    const { organisation } = options;
    const pages = await openPages(t, { worklist, organisation });
    return pages.url;
  };
  const [atSender, atPractice] = [await pagesOf(sender), await pagesOf(practice)];
  const { headerId } = await sender.practice.sendConsultation(consultationOf());
  assert.match((await ask(`${atSender}/reports/${headerId}`)).text, /Waiting to leave/);

  await waitFor(async () => {
    await sender.turn();
    await practice.turn();
    return (await person(sender.practice.worklist).report(headerId))?.state === "accepted";
  });

  const worklist = (await ask(atPractice)).text;
  const task = /href="(\/tasks\/\d+)"/.exec(worklist)?.[1] ?? "";
  assert.match(
    readable(worklist),
    /ACHTERBERG-LOWE[^<]* 995 526 0181 .*Consultation report for [^<]*Achterberg-Lowe.*Testbury Federation/,
  );
  assert.match(worklist, /Patient matched/);
  const page = (await ask(atPractice + task)).text;
  assert.match(page, /20013 Success/);
  assert.match(page, /30001 Patient known here/);
  const report = await ask(`${atPractice}${task}/attachments/0`);
  assert.equal(report.headers["content-type"], "application/pdf");
  assert.equal(report.bytes.subarray(0, 5).toString(), "%PDF-");

  const done = await submit(`${atPractice}${task}/complete`, formOf(page, `${task}/complete`));
  assert.equal(done.status, 303);
  assert.match((await ask(atPractice)).text, /There are no open tasks/);

  const sent = (await ask(`${atSender}/reports/${headerId}`)).text;
  assert.match(sent, /Accepted by MESH/);
  assert.match(sent, /20013 Success/);
  assert.match(sent, /30001 Patient known here/);
  assert.doesNotMatch(sent, /awaited/);
});

test("what the register does not settle is decided on the practice's page, and its sender has that answer and no other", async (t) => {
  const server = await startEconomy(t);
  const sender = await openParty(t, server, "sender", "directory");
  const businessResponse = { kind: "onMatch", doubtful: "queue" } as const;
  const patients = { find: async () => undefined };
  const practice = await openParty(t, server, "practice", "directory", { businessResponse, patients });
  const { worklist } = practice.practice;
  const { url } = await openPages(t, { worklist, organisation: practice.options.organisation });
  assert.match((await ask(`${url}/matching`)).text, /Nothing to decide/);
  const { headerId } = await sender.practice.sendConsultation(consultationOf());
  const isSaid = async (state: string): Promise<boolean> => {
    await sender.turn();
    await practice.turn();
    return (await person(sender.practice.worklist).report(headerId))?.state === state;
  };
  await waitFor(() => isSaid("received"));
  const queue = readable((await ask(`${url}/matching`)).text);
  assert.match(queue, /Matching \(1 to decide on\).*Achterberg-Lowe.*The register has nobody with this NHS number/);

  const confirm = await ask(`${url}/tasks/1/match?verdict=known&from=%2Fmatching`);
  assert.match(readable(confirm.text), /is answered, once: 30001/);
  const action = "/tasks/1/match/answer";
  const form = { ...formOf(confirm.text, action), verdict: "known", from: "/matching" };
  assert.equal((await submit(url + action, form)).status, 303);
  await waitFor(() => isSaid("accepted"));
  assert.match(
    readable((await ask(`${url}/tasks/1`)).text),
    /Decided by this computer on .* The sender was answered by it\./,
  );
  assert.match(
    readable((await ask(url)).text),
    /Matching Sent reports/,
    "the queue stays in the menu, and counts none",
  );
});
