// Every scenario that is shipped, on a real server over HTTPS, with our own MESH client as the one under test: the right
// client comes to the end, and a client that does the one thing wrong that the scenario is about fails at the step that says so.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import {
  readScenario,
  runScenario,
  ScenarioError,
  shippedScenario,
  shippedScenarios,
} from "@restante/control/scenario";
import { answerAsTold, consultationSummary } from "@restante/itk3";
import type { MeshClient, OutgoingMessage } from "@restante/mesh-client";
import type { DevelopmentServer } from "@restante/mesh-server/development";
import { addressOf, testClient, testMailboxes, testPatients } from "@restante/testbed";
import { consultation } from "../../../itk3/test/consultation.ts";
import { recipient, sender, startRealServer } from "./real-server.ts";
import { createSystem, type Manners } from "./system-under-test.ts";

/** They mostly wait, so several run at once, each with a server of its own. */
const AT_ONCE = 4;

interface Bench {
  readonly server: DevelopmentServer;
  readonly client: MeshClient;
}

const ends: (() => unknown)[] = [];
/** As many as there may be runs. */
const free: Bench[] = [];

async function prepare(): Promise<void> {
  const t = { after: (end: () => unknown): void => void ends.unshift(end) };
  for (let number = 0; number < AT_ONCE; number += 1) {
    const real = await startRealServer(t);
    const client = await testClient(real, sender);
    t.after(() => client[Symbol.asyncDispose]());
    free.push({ server: real.server, client });
  }
}

async function onBench(work: (bench: Bench) => Promise<void>): Promise<void> {
  const bench = free.pop();
  assert.ok(bench !== undefined);
  try {
    await work(bench);
  } finally {
    free.push(bench);
  }
}

const letter: OutgoingMessage = { to: recipient, workflowId: "TEST_WORKFLOW", body: "Dear colleague" };
const report: OutgoingMessage = {
  to: recipient,
  workflowId: "GPFED_CONSULT_REPORT",
  body: consultationSummary(consultation()).xml,
};
const routed = (patient: (typeof testPatients)["registered" | "unknown"]): OutgoingMessage => ({
  ...report,
  to: addressOf(patient),
});

interface Case {
  readonly name: string;
  readonly message?: OutgoingMessage;
  readonly set?: Readonly<Record<string, string>>;
  /** What a client does wrong, and what the run then says. */
  readonly wrong: readonly {
    readonly does: string;
    readonly manners: Manners;
    readonly told: RegExp;
    /** How many messages are in its mailbox when it has done all that it does. */
    readonly leaves?: number;
  }[];
}

const sendsAgain: Case["wrong"][number] = {
  does: "sends again while it waits for an answer",
  manners: { whenUnanswered: "sends-again" },
  told: /messages\.expectNone\): .*\nYour system sent/s,
};
const stopsAtReports: Case["wrong"][number] = {
  does: "cannot take a report",
  manners: { stopsAt: ({ from }) => from === undefined },
  told: /messages\.wait\): .*\nThe report was not acknowledged/s,
};
const sendsAgainAfterReport: Case["wrong"][number] = {
  does: "sends again because of a report",
  manners: { afterReport: "sends-again" },
  told: /messages\.expectNone\): .*\nYour system sent again by itself/s,
};
const answersAnswers: Case["wrong"][number] = {
  does: "answers an acknowledgement",
  manners: { answersAnswers: true },
  told: /messages\.expectNone\): .*\nYour system sent/s,
};
const leavesAcknowledgements: Case["wrong"][number] = {
  does: "does not take the acknowledgement",
  manners: { stopsAt: ({ type }) => type === "DATA" },
  told: /messages\.wait\): .*acknowledged to MESH/s,
};

const cases: readonly Case[] = [
  {
    name: "lost-answer",
    message: letter,
    wrong: [
      {
        does: "sends again after a lost answer",
        manners: { afterLostAnswer: "sends-again" },
        told: /^Step 5 \(line \d+, messages\.expectNone\): .*\nYour client sent again although/s,
      },
    ],
  },
  { name: "five-days-uncollected", message: letter, wrong: [stopsAtReports, sendsAgainAfterReport] },
  { name: "practice-not-found", message: routed(testPatients.unknown), wrong: [stopsAtReports, sendsAgainAfterReport] },
  {
    name: "pds-down-for-an-hour",
    message: routed(testPatients.registered),
    set: { recipient: testMailboxes.practice },
    wrong: [sendsAgain],
  },
  {
    name: "mailbox-of-501",
    wrong: [
      {
        does: "lists once",
        manners: { lists: "one-page" },
        told: /\d+ of 501.*\nNot all were acknowledged/s,
        leaves: 1,
      },
    ],
  },
  {
    name: "report-without-body",
    wrong: [
      stopsAtReports,
      {
        does: "takes the report and stops behind it",
        manners: { stopsAt: ({ type }) => type === "DATA" },
        told: /\nThe message behind the report was not acknowledged/,
      },
    ],
  },
  {
    name: "only-the-infrastructure-acknowledgement",
    message: report,
    wrong: [leavesAcknowledgements, answersAnswers],
  },
  { name: "only-the-business-acknowledgement", message: report, wrong: [leavesAcknowledgements, answersAnswers] },
  { name: "neither-acknowledgement", message: report, wrong: [sendsAgain] },
  {
    name: "acknowledged-twice",
    message: report,
    wrong: [
      {
        does: "stops at what it has had before",
        manners: { stopsAt: ({ number }) => number === 2 },
        told: /\nNot all four acknowledgements/,
      },
      answersAnswers,
    ],
  },
  { name: "acknowledged-out-of-order", message: report, wrong: [leavesAcknowledgements, answersAnswers] },
  {
    name: "unreadable-acknowledgement",
    message: report,
    wrong: [
      {
        does: "stops at what it cannot read",
        manners: { stopsAt: ({ text }) => !text.trimEnd().endsWith("</Bundle>") },
        told: /\nWhat cannot be read, or what lies behind it/,
      },
      answersAnswers,
    ],
  },
];

/** Runs it, with the system doing what it is told. */
async function run(
  { server, client }: Bench,
  { name, message, set = {} }: Case,
  manners: Manners,
  patience: string,
): Promise<void> {
  await server.control.reset({ keep: "nothing" });
  const file = await shippedScenario(name);
  const times = { patience, ...(/^ {2}quiet:/m.test(file.text) && { quiet: "400ms" }) };
  const scenario = readScenario(file, { set: { ...times, ...set } });
  const system = createSystem(client, manners);
  const doing: Promise<void>[] = [];
  try {
    await runScenario(scenario, server.control, {
      answers: answerAsTold,
      tell: (news) => {
        if (news.news !== "said") return;
        if (news.words.startsWith("Send ")) doing.push(system.send(message!));
        if (/\bCollect\b/.test(news.words)) doing.push(system.collect());
      },
    });
  } finally {
    await Promise.all(doing);
  }
  assert.ok(doing.length > 0);
}

test("there is a test for every scenario that is shipped", async () => {
  assert.deepEqual(cases.map(({ name }) => name).toSorted(), await shippedScenarios());
});

describe("on a real server", { concurrency: AT_ONCE }, () => {
  before(prepare);
  after(async () => {
    for (const end of ends) await end();
  });
  for (const scenario of cases) {
    test(`a right client comes to the end of the scenario ${scenario.name}, which leaves no fault behind`, () =>
      onBench(async (bench) => {
        await run(bench, scenario, {}, "2m");
        assert.deepEqual(await bench.server.control.faults.list(), { faults: [] });
      }));
    for (const { does, manners, told, leaves } of scenario.wrong) {
      test(`a client that ${does} fails in the scenario ${scenario.name}, which says so and leaves no fault behind`, () =>
        onBench(async (bench) => {
          await assert.rejects(run(bench, scenario, manners, "2s"), (error) => {
            assert.ok(error instanceof ScenarioError);
            assert.equal(error.code, "step-failed");
            assert.match(error.message, told);
            return true;
          });
          if (leaves !== undefined) assert.equal((await bench.client.list()).messageIds.length, leaves);
          assert.deepEqual(await bench.server.control.faults.list(), { faults: [] });
        }));
    }
  }
});
