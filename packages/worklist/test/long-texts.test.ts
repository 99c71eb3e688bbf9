import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { mostKept, mostListed } from "../../practice/src/bounded.ts";
import { deliver, openPractice } from "../../practice/test/support/economy.ts";
import { message, response, workflowId } from "../../practice/test/support/messages.ts";
import { receiver, sender } from "../../practice/test/support/organisations.ts";
import { ask } from "../../web/test/http.ts";
import { person } from "../../practice/test/support/person.ts";
import { openPages } from "./open-pages.ts";

const from = sender.mailboxId;

test("a message with names as long as it can be makes no list long, and its own page and what is stored of it are bounded", async (t) => {
  const to = await openPractice(t, receiver);
  const long = (letter: string): string => letter.repeat(200_000);
  const attachments = [{ title: "Title of an attachment", contentType: "text/plain", bytes: Buffer.from("A note") }];
  const { xml } = message({ attachments });
  // Each is there, or the test would show nothing.
  const hostile = [
    ["O'Neill", long("F")],
    ["O&apos;Neill", long("F")],
    ["Siobhán", `${long("G")}"/><given value="${long("H")}`],
    ["Nowak", long("N")],
    [sender.name, long("O")],
    ["Title of an attachment", long("T")],
    ["encounter-1", long("R")],
  ].reduce((text, [short = "", hostile = ""]) => text.replaceAll(`value="${short}"`, `value="${hostile}"`), xml);
  for (const letter of "FGHNOTR") assert.ok(hostile.includes(long(letter)), letter);
  // A control file has at most 64 KB.
  const words = (letter: string): string => letter.repeat(15_000);
  deliver(to, hostile, { from, workflowId, subject: words("S") });
  deliver(to, response("never-sent", "20013").xml, { from, workflowId: `${workflowId}_ACK`, subject: words("S") });
  const status = { at: "20260302110000", event: words("E"), success: false, code: words("C"), description: words("D") };
  deliver(to, "", { from: "", workflowId: words("W"), messageType: "Report", addressType: "DTS", status });
  await to.practice.cycle();

  const { worklist } = to.practice;
  assert.match((await person(worklist).tasks())[0]?.subject ?? "", new RegExp(`^S{${mostListed - 1}}…$`));
  assert.match((await person(worklist).task(1))?.subject ?? "", new RegExp(`^S{${mostKept - 1}}…$`));
  const organisation = { name: "Harbour Light Surgery", odsCode: receiver.odsCode };
  const pages = await openPages(t, { worklist, organisation });
  const strays = (await person(worklist).strays()).map(({ strayId }) => `/unmatched/${strayId}`);
  assert.equal(strays.length, 2);
  for (const [path, most] of [
    ["/", 20_000],
    ["/?show=attention", 20_000],
    ["/unmatched", 20_000],
    ["/tasks/1", 80_000],
    ...strays.map((stray) => [stray, 40_000] as const),
  ] as const) {
    const { status, text } = await ask(pages.url + path);
    assert.equal(status, 200, path);
    assert.ok(text.length < most, `${path} ${text.length}`);
  }
  using database = new DatabaseSync(join(to.options.dataFolder, "practice.sqlite"), { readOnly: true });
  const stored = database.prepare("SELECT length(summary) + length(attachments) AS length FROM task").get();
  assert.ok(Number(stored?.["length"]) < 30_000, String(stored?.["length"]));
});
