import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import { businessResponse, infrastructureResponse } from "@restante/itk3";
import { type Stray, thisComputer } from "@restante/practice";
import { waitFor } from "@restante/testbed";
import { exampleFile } from "../../src/economy/examples.ts";
import { PRACTICE, patience, SENDER, start, startUp, strays } from "../support/bad-input.ts";
import { drop, namesIn, pollsIn, withPractice } from "../support/data-folder.ts";
import { filesIn } from "../support/sends.ts";
import { tasksOf, straysOf } from "../support/worklists.ts";

const workflowId = "GPFED_CONSULT_REPORT_ACK";

/** An answer as the practice's own system would give it, whatever it answers. */
function answer(headerId: string, code: string): string {
  const build = code.startsWith("3") ? businessResponse : infrastructureResponse;
  return build({
    now: new Date(),
    request: { headerId },
    code,
    diagnostics: "None.",
    responder: { odsCode: "Y99002", mailboxId: PRACTICE },
  }).xml;
}

test(
  "responses that answer nothing, or another response, change nothing and are never answered",
  { timeout: 180_000 },
  async (t) => {
    const { economy } = await startUp(t);
    const data = economy.folder;
    const dropAnswer = (name: string, xml: string, from = PRACTICE, to = SENDER): Promise<void> =>
      drop(data, { name, control: { from, to, workflowId, localId: "Y99002" }, body: xml });
    const state = (headerId: string): Promise<unknown> =>
      withPractice(economy, "Y99001", async ({ worklist }) => {
        const { state, infrastructure, business } = (await worklist.report(headerId, thisComputer))!;
        return [state, infrastructure?.code, business?.code];
      });
    const sent = await start(t, economy, ["send", exampleFile("consultation.json")], /Delivered and acknowledged\./);
    const [, headerId = ""] = /Stored as message ([0-9a-f-]{36})/.exec(sent.output()) ?? [];
    const task = await withPractice(economy, "Y99002", ({ worklist }) => worklist.task(1, thisComputer));
    const [given] = task?.responses ?? [];
    assert.ok(given);

    await t.test("a response to a message that was never sent is shown as unmatched", async () => {
      await dropAnswer("never-sent", answer(randomUUID(), "20013"));
      const [stray] = await waitFor(async () => {
        const found = await strays(economy);
        return found.length === 1 && found;
      }, patience);
      assert.deepEqual([stray?.kind, stray?.code, stray?.from], ["response", "20013", PRACTICE]);
      assert.match(stray?.reason ?? "", /not sent from here/);
    });

    await t.test(
      "a second answer to a message, and a worse one, changes nothing of the first, and is shown",
      async () => {
        await dropAnswer("again", answer(headerId, "30002"));
        const found = await waitFor(async () => {
          const found = await strays(economy);
          return found.length === 2 && found;
        }, patience);
        assert.ok(found.some(({ reason }) => /answered 30001 before, and this says otherwise/.test(reason)));
        assert.deepEqual(await state(headerId), ["accepted", "20013", "30001"]);
      },
    );

    await t.test("what cannot be read on a workflow for answers is shown, and not answered", async () => {
      await dropAnswer("unreadable", "no XML at all");
      const found = await waitFor(async () => {
        const found = await strays(economy);
        return found.length === 3 && found;
      }, patience);
      assert.ok(found.some(({ reason }) => /cannot be read/.test(reason)));
    });

    await t.test("a response to a response is taken in and not answered", async () => {
      await dropAnswer("response-to-response", answer(given.headerId, "20013"), SENDER, PRACTICE);
      await dropAnswer("marker-2", answer(randomUUID(), "30001"), SENDER, PRACTICE);
      const atPractice = (): Promise<Stray[]> => withPractice(economy, "Y99002", straysOf);
      await waitFor(async () => (await atPractice()).length === 1, patience);
      assert.deepEqual(await state(headerId), ["accepted", "20013", "30001"]);
      const task = await withPractice(
        economy,
        "Y99002",
        async ({ worklist }) => (await worklist.task(1, thisComputer))!,
      );
      assert.deepEqual([task.attention, task.responses.map(({ state }) => state)], [undefined, ["sent", "sent"]]);
    });

    await t.test("none of them was answered, and none is left anywhere", async () => {
      const mailboxes = [SENDER, PRACTICE];
      const polls = mailboxes.map((mailbox) => pollsIn(data, mailbox));
      // An answer would be in OUT within one poll, and sent with the next.
      await waitFor(() => mailboxes.every((mailbox, index) => pollsIn(data, mailbox) >= polls[index]! + 3), patience);
      for (const mailbox of mailboxes) {
        for (const folder of ["IN", "OUT", "FAILED"] as const)
          assert.deepEqual(await namesIn(data, mailbox, folder), []);
      }
      // The report and the two dropped by hand; its two answers and the three dropped by hand.
      assert.deepEqual(
        mailboxes.map((mailbox) => filesIn(economy, mailbox, "SENT").length),
        [2 * (1 + 2), 2 * (2 + 3)],
      );
      assert.equal((await withPractice(economy, "Y99002", tasksOf)).length, 1);
    });
  },
);
