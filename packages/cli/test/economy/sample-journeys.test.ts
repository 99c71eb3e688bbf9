import assert from "node:assert/strict";
import { test } from "node:test";
import { parseOdsCode } from "@restante/mesh";
import { PracticeError, readConsultation } from "@restante/practice";
import { exampleFile } from "../../src/economy/examples.ts";
import { runSampleJourneys } from "../../src/economy/sample-journeys.ts";
import type { WholeEconomy } from "../../src/economy/whole.ts";
import { plain, type Terminal } from "../../src/terminal/terminal.ts";

test("a sample that does not suit one's own patients and organisations is told, and does not end the economy", async () => {
  const { organisation } = await readConsultation(exampleFile("consultation.json"));
  const practice = {
    worklist: { reports: async () => ({ items: [], total: 0 }) },
    sendConsultation: async () => {
      throw new PracticeError("registered-here", "The patient is registered here: there is no practice to tell.");
    },
  };
  const economy = {
    organisations: [{ organisation: { odsCode: parseOdsCode(organisation.odsCode) }, practice }],
  } as unknown as WholeEconomy;
  const lines: string[] = [];
  const terminal: Pick<Terminal, "print" | "paint" | "stop"> = {
    print: (line) => void lines.push(line),
    paint: plain,
    stop: new AbortController().signal,
  };

  await runSampleJourneys(economy, terminal as Terminal);

  assert.match(lines.join("\n"), /Journey 1[^]*not sent: The patient is registered here/);
});
