// A day's work at a surgery and at the pharmacy beside it, with real parts: real messages, both practices with their
// databases, HTTPS, sign-in, the audit, and a real browser for each person. What is owed in the morning is dealt with by the
// evening, and each sender has one answer.
import assert from "node:assert/strict";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { parseNhsNumber } from "@restante/mesh";
import type { PracticeOptions } from "@restante/practice";
import type { Access, Role } from "@restante/web";
import { createWorklistPages } from "@restante/worklist";
import { settableClock } from "@restante/testbed";
import type { Browser, Page } from "playwright-core";
import { patient } from "../../practice/test/support/consultations.ts";
import { demographicsOf, record } from "../../practice/test/support/demographics.ts";
import { deliver, type DirectoryPractice, openPractice, pairsIn } from "../../practice/test/support/economy.ts";
import { message, response, workflowId } from "../../practice/test/support/messages.ts";
import { pharmacy, receiver, sender, type TestOrganisation } from "../../practice/test/support/organisations.ts";
import { addUsers, openTestAccess, testCertificate } from "../../web/test/access/secure-site.ts";
import { openBrowser } from "../../web/test/browser.ts";
import { signedInPage } from "./signed-in-page.ts";

/** An organisation at work: its practice, its pages, and who may sign in at them. */
interface Workplace extends DirectoryPractice {
  readonly access: Access;
  readonly url: string;
}

async function open(
  t: TestContext,
  organisation: TestOrganisation,
  changes: Partial<PracticeOptions>,
): Promise<Workplace> {
  const practice = await openPractice(t, organisation, { undoSeconds: 30, ...changes });
  const clock = settableClock();
  const access = await openTestAccess(t, clock);
  await addUsers(access);
  const { tls } = await testCertificate();
  const pages = await createWorklistPages({
    worklist: practice.practice.worklist,
    organisation,
    audit: access.audit,
    signIn: { access, secondFactor: "optional", now: () => clock.now() },
    door: { tls },
    teams: ["Secretaries"],
    host: "127.0.0.1",
    port: 0,
  });
  t.after(() => pages[Symbol.asyncDispose]());
  return Object.assign(practice, { access, url: pages.url });
}

/** A browser of their own, in which somebody has signed in. */
async function signIn(browser: Browser, { url }: Workplace, role: Role): Promise<Page> {
  const context = await browser.newContext({ ignoreHTTPSErrors: true, viewport: { width: 1280, height: 900 } });
  return signedInPage(context, url, role);
}

const press = async (page: Page, name: string): Promise<void> => {
  await page.getByRole("button", { name, exact: true }).first().click();
};
const follow = async (page: Page, name: string | RegExp): Promise<void> => {
  await page.getByRole("link", { name }).first().click();
};
const stands = async (page: Page, text: string | RegExp): Promise<void> => {
  await page.getByText(text).first().waitFor();
};
/** What the navigation says is owed, by the part of the site. */
async function owed(page: Page, part: string): Promise<string> {
  const entry = page.getByRole("navigation").getByRole("link", { name: new RegExp(`^${part}`) });
  return /\d+/.exec((await entry.textContent()) ?? "")?.[0] ?? "none";
}
/** The codes that stand in OUT for the message of this header id, or for any. */
function answers({ folder }: DirectoryPractice, headerId = ""): string[] {
  return pairsIn(join(folder, "OUT"))
    .map(({ data }) => Buffer.from(data).toString())
    .filter((text) => text.includes(headerId.toLowerCase()) || text.includes(headerId.toUpperCase()))
    .map((text) => /<code value="([0-9]{5})"/.exec(text)?.[1] ?? text)
    .toSorted();
}

const from = { from: sender.mailboxId, workflowId };
const other = {
  nhsNumber: parseNhsNumber("9912609131"),
  family: "Marchetti",
  given: ["Tomasz"],
  dateOfBirth: "1951-07-30",
};
const aboutOther = {
  nhsNumber: other.nhsNumber,
  name: { family: other.family, given: other.given },
  birthDate: "1951-03-07",
};

test("a day's work of an administrator, a clinician, a provider and an auditor, in a real browser", async (t) => {
  const browser = await openBrowser(t);
  if (browser === undefined) return;
  const names = [{ use: "usual" as const, family: other.family, given: other.given }];
  const surgery = await open(t, receiver, {
    businessResponse: { kind: "onMatch", doubtful: "queue" },
    patients: demographicsOf(record(), record({ nhsNumber: other.nhsNumber, names, dateOfBirth: other.dateOfBirth })),
  });
  const chemist = await open(t, pharmacy, { role: "pharmacy", businessResponse: { kind: "onDecision" } });

  // The post of the morning: a letter, another that came twice, one whose birth date the register does not have, one that
  // cannot be read, and an answer to nothing that was sent.
  const [letter, another, doubtful] = [
    message({ senderReference: "letter" }),
    message({ senderReference: "another" }),
    message({ senderReference: "doubtful", patient: aboutOther }),
  ];
  for (const { xml } of [letter, another, another, doubtful]) deliver(surgery, xml, from);
  deliver(surgery, "<Bundle>", from);
  deliver(surgery, response("never-sent", "20013").xml, { ...from, workflowId: `${workflowId}_ACK` });
  const referral = message({ senderReference: "referral" });
  deliver(chemist, referral.xml, from);
  for (const { practice } of [surgery, chemist]) await practice.cycle();

  await t.test("the administrator finds, gives away, and ends what no clinician is needed for", async () => {
    const page = await signIn(browser, surgery, "administrator");
    assert.deepEqual(await Promise.all([owed(page, "Worklist"), owed(page, "Matching"), owed(page, "Unmatched")]), [
      "4",
      "1",
      "1",
    ]);
    await page.getByLabel("Search for a task").fill(patient.nhsNumber);
    await press(page, "Search");
    await page.getByRole("heading", { name: "Tasks found" }).waitFor();
    assert.doesNotMatch(page.url(), new RegExp(patient.nhsNumber));
    assert.equal(await page.locator("tbody tr").count(), 2, "what came twice is one task");
    assert.equal(await page.locator("tbody").getByText("Duplicate", { exact: true }).count(), 1);
    await page.locator("tbody tr", { hasNotText: "Duplicate" }).getByRole("checkbox").check();
    await press(page, "Do something with the tasks chosen");
    await page.getByLabel("Who is to deal with it?").selectOption({ label: "The clinician" });
    await press(page, "Give them to whom you chose");
    await stands(page, "have been given to whom you chose");

    await page.goto(`${surgery.url}/?kind=refused`);
    await page.locator("tbody tr a").first().click();
    await stands(page, /The sender’s system is told that it was not accepted\./);
    await press(page, "Mark as done: nothing to do");
    await stands(page, "Task marked as done.");
    await follow(page, /^Unmatched messages/);
    await page.locator("tbody tr a").first().click();
    await press(page, "Mark as dealt with");
    await stands(page, "Marked as dealt with.");
    await follow(page, /^Worklist/);
    assert.equal(await owed(page, "Unmatched"), "none");
  });

  await t.test("a clinician settles who the patient is, reads, and files", async () => {
    const page = await signIn(browser, surgery, "clinician");
    await follow(page, /^Matching/);
    await follow(page, /^Match ?:/);
    await stands(page, "is answered, once:");
    await press(page, "Decide, and answer the sender");
    await page.getByRole("heading", { name: "Nothing to decide" }).waitFor();

    await page.goto(surgery.url);
    await page.locator("tbody tr", { hasText: "The clinician" }).locator("a").first().click();
    await page.locator("[data-pdf]").first().waitFor();
    await page.getByText("Add a comment").click();
    await page.getByLabel("Comment", { exact: true }).fill("Rang her: better.");
    await press(page, "Add the comment");
    await stands(page, "Your comment was added.");
    await press(page, "Mark as done: filed in the record");
    await stands(page, "Task marked as done.");

    // In the afternoon its next version comes.
    const replaced = { version: 2, replaces: letter.documentIdentifier };
    deliver(surgery, message({ senderReference: "letter", ...replaced }).xml, from);
    await surgery.practice.cycle();
    await page.goto(surgery.url);
    await page.locator("tbody tr", { hasText: "Replacement" }).locator("a").first().click();
    await stands(page, "The earlier version");
    for (let left = Number(await owed(page, "Worklist")); left > 1; left -= 1) {
      const { pathname } = new URL(page.url());
      await press(page, "The same, and open the next");
      await page.waitForURL((url) => url.pathname !== pathname);
    }
    await press(page, "Mark as done: filed in the record");
    await stands(page, "There are no open tasks");
    for (const part of ["Worklist", "Matching", "Sent reports", "Unmatched"])
      assert.equal(await owed(page, part), "none", part);
    surgery.clock.advance(31_000);
    await surgery.practice.cycle();
    assert.deepEqual(answers(surgery, doubtful.headerId), ["20013", "30001"]);
    assert.deepEqual(answers(surgery, letter.headerId), ["20013", "30001"]);
  });

  await t.test("a provider answers the referral, takes that back, and answers otherwise: once", async () => {
    const page = await signIn(browser, chemist, "clinician");
    const href = await page.locator("tbody tr a").first().getAttribute("href");
    const address = new URL(href ?? "", chemist.url).href;
    await page.goto(address);
    await page.getByLabel("Referral accepted (30016)").check();
    await press(page, "Send the answer");
    await stands(page, "Your answer will be sent to the sender.");
    await page.goto(address);
    await press(page, "Undo");
    await stands(page, "Taken back: it was not sent.");
    await page.goto(address);
    await page.getByLabel("Unable to contact the patient (30012)").check();
    await press(page, "Send the answer");
    chemist.clock.advance(31_000);
    await chemist.practice.cycle();
    await page.goto(address);
    await stands(page, "It has left, and cannot be taken back.");
    await press(page, "Mark as done: filed in the record");
    await stands(page, "Task marked as done.");
    assert.deepEqual(answers(chemist, referral.headerId), ["20013", "30012"]);
  });

  await t.test(
    "an auditor finds who saw and did what about the patient, and that all of it is as it was written",
    async () => {
      const page = await signIn(browser, surgery, "auditor");
      await page.getByText("Search", { exact: true }).first().click();
      await page.getByLabel("About whom or what").fill(patient.nhsNumber);
      await press(page, "Search");
      await page.getByRole("heading", { name: "Found in the audit" }).waitFor();
      const found = (await page.locator("table").textContent()) ?? "";
      for (const who of ["The administrator", "The clinician"]) assert.ok(found.includes(who), who);
      assert.ok(!found.includes(patient.family), "no name is in it");
      await page.goto(`${surgery.url}/audit`);
      await press(page, "Verify the audit");
      await page.getByRole("heading", { name: "Every row is as it was written" }).waitFor();
    },
  );
  for (const { access } of [surgery, chemist]) assert.deepEqual((await access.audit.verify()).problems, []);
});
