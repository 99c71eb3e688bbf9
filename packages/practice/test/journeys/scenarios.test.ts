// The scenarios that end in acknowledgements, or in none, with our own sending system as the one under test: it comes to
// the end of each, and shows its person what the scenario says a right system shows.

import assert from "node:assert/strict";
import { test } from "node:test";
import { readScenario, runScenario, shippedScenario } from "@restante/control/scenario";
import { answerAsTold } from "@restante/itk3";
import { testMailboxes } from "@restante/testbed";
import { startRealServer } from "../../../control/test/scenario/real-server.ts";
import { person } from "../support/person.ts";
import { consultationOf, openParty } from "../support/real.ts";

interface Shown {
  readonly state: string;
  readonly codes: readonly (string | undefined)[];
}

const cases: Readonly<Record<string, Shown>> = {
  "only-the-infrastructure-acknowledgement": { state: "received", codes: ["20013", undefined] },
  "only-the-business-acknowledgement": { state: "accepted", codes: [undefined, "30001"] },
  "neither-acknowledgement": { state: "sent", codes: [undefined, undefined] },
  "acknowledged-twice": { state: "accepted", codes: ["20013", "30001"] },
  "acknowledged-out-of-order": { state: "accepted", codes: ["20013", "30001"] },
  "unreadable-acknowledgement": { state: "received", codes: ["20013", undefined] },
};

for (const [name, shown] of Object.entries(cases)) {
  for (const kind of ["api", "directory"] as const) {
    test(`our own sending system comes to the end of ${name}, by ${kind}, and shows its person what came`, async (t) => {
      const real = await startRealServer(t);
      const sending = await openParty(t, real, "sender", kind);
      const set = {
        mailbox: testMailboxes.sender,
        practice: testMailboxes.practice,
        patience: "30s",
        quiet: "500ms",
      };
      const scenario = readScenario(await shippedScenario(name), { set });
      let sent: Promise<{ headerId: string }> | undefined;
      const ended = new AbortController();
      const working = work(() => sending.turn(), ended.signal);
      try {
        await runScenario(scenario, real.server.control, {
          answers: answerAsTold,
          tell: (news) => {
            if (news.news === "said" && news.words.startsWith("Send ")) {
              sent = sending.practice.sendConsultation(consultationOf());
            }
          },
        });
      } finally {
        ended.abort();
        await working;
      }
      const report = await person(sending.practice.worklist).report((await sent)?.headerId ?? "");
      assert.deepEqual({ state: report?.state, codes: [report?.infrastructure?.code, report?.business?.code] }, shown);
    });
  }
}

/** One turn after another, as a system does that polls. */
async function work(turn: () => Promise<void>, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) await turn();
}
