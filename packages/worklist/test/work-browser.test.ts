import assert from "node:assert/strict";
import { test } from "node:test";
import { assertAccessible } from "../../web/test/accessible.ts";
import { openBrowser } from "../../web/test/browser.ts";
import { openPages } from "./open-pages.ts";
import { organisation, sampleWorklist } from "./sample-worklist.ts";

test("the forms of work can be used by everybody, with and without scripts, and a tick is not lost to an update", async (t) => {
  const browser = await openBrowser(t);
  if (browser === undefined) return;
  const worklist = sampleWorklist();
  const { url } = await openPages(t, { worklist, organisation, teams: ["Prescribing", "Secretaries"] });
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });

  await page.goto(url);
  await page.getByLabel("Choose Something else").check();
  await page.getByLabel("Choose Consultation report", { exact: true }).check();
  // Somebody else ends another one: the list is shown anew.
  worklist.all[1]!.state = "completed";
  await page.getByRole("link", { name: "Done (2)" }).waitFor({ timeout: 30_000 });
  await page.getByRole("button", { name: "Do something with the tasks chosen" }).click();
  await page.getByRole("heading", { name: "2 tasks chosen" }).waitFor();
  await page.getByRole("button", { name: "Mark all 2 as done" }).click();
  await page.getByRole("link", { name: "Choose why it is done" }).click();
  await page.getByLabel("Nothing to do").check();
  await page.getByRole("button", { name: "Mark all 2 as done" }).click();
  await page.getByText("The tasks that you chose are marked as done.").waitFor();
  assert.deepEqual(worklist.calls.toSorted(), ["complete 3 nothing-to-do", "complete 4 nothing-to-do"]);

  await page.setViewportSize({ width: 1280, height: 800 });
  await page.goto(`${url}/tasks/1`);
  // What it is, from whom, whose it is and what is to be done: without scrolling on a screen of 800 px.
  for (const shown of [
    page.getByText("Exampleton GP Federation (Y99001)"),
    page.getByText("NHS number 991 260 9131"),
    page.getByRole("button", { name: "Mark as done: filed in the record" }),
  ]) {
    const box = await shown.boundingBox();
    assert.ok(box && box.y + box.height <= 800, JSON.stringify(box));
  }

  const plain = await (await browser.newContext({ javaScriptEnabled: false })).newPage();
  await plain.goto(`${url}/tasks/1`);
  await plain.getByText("Give it to somebody").click();
  await plain.getByLabel("Who is to deal with it?").selectOption("Prescribing (team)");
  await plain.getByRole("button", { name: "Give it to them" }).click();
  await plain.getByText("The task has been given to whom you chose.").waitFor();
  await plain.getByText("Add a comment").click();
  await plain.getByLabel("Comment", { exact: true }).fill("Rang the ward.\nNo answer.");
  await plain.getByRole("button", { name: "Add the comment" }).click();
  await plain.getByText("Your comment was added.").waitFor();
  await plain.goto(url);
  await plain.getByLabel("Choose Consultation report").check();
  await plain.getByRole("button", { name: "Do something with the tasks chosen" }).click();
  await plain.getByRole("button", { name: "Take them" }).click();
  await plain.getByText("The tasks that you chose have been given").waitFor();
  assert.deepEqual(worklist.calls.slice(2), [
    "assign 1 team Prescribing",
    "comment 1 Rang the ward.\nNo answer.",
    "assign 1 person this-computer",
  ]);

  const saving = sampleWorklist({ filing: "/records" });
  const { url: records } = await openPages(t, { worklist: saving, organisation });
  for (const path of ["/tasks/2", "/tasks/5", "/several?task=1&task=3&task=5&task=6"]) {
    await page.goto(records + path);
    await assertAccessible(page);
  }
  await plain.goto(`${records}/tasks/1?from=/`);
  await plain.getByRole("button", { name: "Save, and mark as done: filed in the record" }).click();
  await plain.getByText("Its document will be saved to the record system’s folder.").waitFor();
  assert.equal(saving.calls.at(-1), "save 1 and complete");
});
