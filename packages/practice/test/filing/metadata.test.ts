import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { waitFor } from "@restante/testbed";
import { thisComputer } from "../../src/actor.ts";
import { deliver, openPractice, temporaryFolder } from "../support/economy.ts";
import { message, workflowId } from "../support/messages.ts";
import { receiver, sender } from "../support/organisations.ts";

test("of a confidential document nothing saved beside it says who sent it, and of what was found it says what and how often alone", async (t) => {
  const folder = temporaryFolder(t);
  const to = await openPractice(t, receiver, { filing: { folder } });
  const { worklist } = to.practice;
  const { xml } = message({ confidential: true });
  const departing = xml.replace("SendDocument-ConsultationReport", "SendDocument-ConsultationSummary");
  deliver(to, departing, { from: sender.mailboxId, workflowId });
  await to.practice.cycle();
  const { version = 0, findings = [] } = (await worklist.task(1, thisComputer)) ?? {};
  await worklist.saveToFolder(1, { actor: thisComputer, version });
  await to.practice.cycle();
  const filing = await waitFor(async () => {
    const found = (await worklist.task(1, thisComputer))?.filing;
    return found?.state === "saved" && found;
  });
  const text = readFileSync(join(folder, filing.folder, "metadata.json"), "utf8");
  for (const word of [sender.mailboxId, sender.odsCode, sender.name, "Nowak"]) assert.ok(!text.includes(word), word);
  const said = JSON.parse(text) as { document: { confidential: boolean }; findings: object[] };
  assert.equal(said.document.confidential, true);
  assert.ok(findings.length > 0);
  assert.deepEqual(
    said.findings,
    findings.map(({ id, severity }) => ({ id, severity, count: 1 })),
  );
});
