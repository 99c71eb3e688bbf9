import assert from "node:assert/strict";
import { test } from "node:test";
import { deliver, openPractice } from "../../practice/test/support/economy.ts";
import { message, workflowId } from "../../practice/test/support/messages.ts";
import { receiver, sender } from "../../practice/test/support/organisations.ts";
import { assertAccessible } from "../../web/test/accessible.ts";
import { openBrowser } from "../../web/test/browser.ts";
import { openPages } from "./open-pages.ts";

const modifier =
  '<modifierExtension url="https://example.org/negated"><valueBoolean value="true"/></modifierExtension>';
const unknown =
  '<entry><fullUrl value="urn:uuid:9a1b0c2d-0000-4000-8000-0000000000ff"/><resource><Flagship><id value="f"/></Flagship></resource></entry>';

test("a person who opens a message with an unknown modifier and an unknown entry sees that before all else, without scrolling", async (t) => {
  const browser = await openBrowser(t);
  if (browser === undefined) return;
  const to = await openPractice(t, receiver);
  const built = message();
  const xml = built.xml
    .replace(/(<Patient>(?:(?!<identifier>)[^])*)/, `$1${modifier}`)
    .replace(/(<entry>(?:(?!<entry>)[^])*<Patient>)/, `${unknown}$1`);
  deliver(to, xml, { from: sender.mailboxId, workflowId, subject: built.envelope.subject });
  await to.practice.cycle();
  const { url } = await openPages(t, { worklist: to.practice.worklist, organisation: to.organisation });
  await using page = await browser.newPage({ viewport: { width: 1024, height: 640 } });
  await page.goto(`${url}/tasks/1`);
  const told = page.getByText("A person must look.", { exact: false });
  const about = page.getByText("Patient: 1", { exact: true });
  const hidden = page.getByText("This message holds entries that cannot be shown.", { exact: false });
  const bottomOf = async (one: typeof told): Promise<number> => {
    const box = await one.boundingBox();
    return (box?.y ?? 9999) + (box?.height ?? 0);
  };
  const patient = (await page.getByRole("heading", { name: "Patient" }).boundingBox())?.y ?? 0;
  const bottoms = [await bottomOf(told), await bottomOf(about), await bottomOf(hidden), patient];
  assert.deepEqual(
    bottoms,
    bottoms.toSorted((a, b) => a - b),
  );
  assert.ok((bottoms[2] ?? 9999) < 640, "all of it is seen at once");
  assert.equal(await page.getByText("negated").count(), 0);
  await assertAccessible(page);
});
