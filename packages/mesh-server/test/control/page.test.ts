import assert from "node:assert/strict";
import { test } from "node:test";

import type { Page } from "playwright-core";

import { assertAccessible } from "../../../web/test/accessible.ts";
import { openBrowser } from "../../../web/test/browser.ts";
import { type Development, inbox, recipient, sender, startDevelopment, workflow } from "./development.ts";

test("the page of control shows what is in the server, and does what control can do", async (t) => {
  const browser = await openBrowser(t);
  if (browser === undefined) return;
  const development = await startDevelopment(t, { control: { port: 0 } });
  const { control, controlUrl, controlToken } = development.server;
  const page = await browser.newPage();
  page.setDefaultTimeout(6000);
  const complaints = complaintsOf(page);

  await t.test("to who has the token alone", async () => {
    await page.goto(controlUrl!);
    await page.getByLabel("The token").fill("not the token");
    await page.getByRole("button", { name: "Use it" }).click();
    await page.getByText("That is not this server's token.").waitFor();
    await assertAccessible(page);
    await page.getByLabel("The token").fill(controlToken!);
    await page.getByRole("button", { name: "Use it" }).click();
    await page.getByText("No message yet.").waitFor();
    assert.equal(new URL(page.url()).search + new URL(page.url()).hash, "", "no token in an address");
  });

  await t.test("a message as soon as it is there, whole, and as text whatever it holds", async () => {
    const text = "<img src=x onerror=document.title='taken'>";
    const { messageId } = await control.messages.inject({
      mailbox: recipient,
      from: sender,
      workflowId: workflow,
      text,
      subject: "<b>bold</b>",
    });
    await page.getByRole("button", { name: messageId }).click();
    await page.getByRole("heading", { name: `Message ${messageId}` }).waitFor();
    assert.equal(await page.getByLabel("Body", { exact: true }).textContent(), text);
    assert.equal(await page.locator("#message b, #message img").count(), 0);
    assert.equal(await page.title(), "Control – Restante MESH server");
    await page.getByText("message-accepted").first().waitFor();
  });

  await t.test("a fault that is added by its form is done, and cleared by its button", async () => {
    await page.getByLabel("Verb").selectOption("faults.next");
    await page.getByLabel("do", { exact: true }).selectOption("status");
    await page.getByLabel("at", { exact: true }).selectOption("list");
    await page.setViewportSize({ width: 1280, height: 800 });
    // In one look: the page grows as things happen.
    const lines = await page.evaluate<number[]>(
      "[...document.querySelectorAll('#verbs .fields > .field')].slice(0, 2).map((field) => field.getBoundingClientRect().y)",
    );
    assert.equal(lines.length, 2);
    assert.equal(lines[0], lines[1], "its fields stand side by side");
    await page.getByLabel("status", { exact: true }).fill("503");
    await page.getByRole("button", { name: "Do it" }).click();
    await page.getByRole("button", { name: /^Clear fault/ }).waitFor();
    assert.equal((await control.faults.list()).faults[0]?.do, "status");
    await page.getByRole("button", { name: /^Clear fault/ }).click();
    await page.getByText("None: every request is answered as it should be.").waitFor();
    assert.equal((await inbox(development, recipient)).length, 1);
  });

  await t.test("what is wrong with an input is said where it was made", async () => {
    await page.getByLabel("Verb").selectOption("clock.advance");
    await page.getByLabel("by", { exact: true }).fill("tomorrow");
    await page.getByRole("button", { name: "Do it" }).click();
    await page.getByText(/^input-invalid: /).waitFor();
  });

  await t.test("the clock moves on, and what it brings shows", async () => {
    await page.getByLabel("Move it on by").fill("5d1h");
    await page.getByRole("button", { name: "Advance" }).click();
    await page.getByText("undelivered, 14").waitFor();
    await page.getByText("5d1h ahead of the real one").waitFor();
  });

  await t.test("every verb that control has", async () => {
    const verbs = await page.getByLabel("Verb").locator("option").allTextContents();
    const answer = await fetch(new URL("/v1/openapi.json", controlUrl), {
      headers: { authorization: `Bearer ${controlToken}` },
    });
    const { paths } = (await answer.json()) as { paths: Record<string, { post?: { operationId: string } }> };
    const described = Object.values(paths).flatMap(({ post }) => (post === undefined ? [] : [post.operationId]));
    assert.ok(described.length > 15);
    assert.deepEqual(verbs, described);
    for (const verb of verbs) {
      await page.getByLabel("Verb").selectOption(verb);
      assert.ok(await page.getByRole("button", { name: "Do it" }).isVisible());
    }
  });

  await t.test("to everybody: nothing is too small, unnamed or out of reach", () => assertAccessible(page));

  await t.test("that it no longer answers, when it does not", async () => {
    await stop(development);
    await page.getByText(/The server does not answer/).waitFor();
  });

  assert.deepEqual(complaints, []);
});

async function stop({ server }: Development): Promise<void> {
  await server.close();
}

/** What the browser complains of, but for answers that are refusals and a server that is gone: those are shown on the page. */
function complaintsOf(page: Page): string[] {
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => {
    const expected = /Failed to load resource/.test(message.text());
    if (message.type() === "error" && !expected) complaints.push(message.text());
  });
  return complaints;
}
