import assert from "node:assert/strict";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { ControlError } from "@restante/control";
import { readScenario, runScenario, type Scenario, type ScenarioNews } from "@restante/control/scenario";
import { fakeControl, hang } from "./fake-control.ts";

function scenarioOf(steps: string): Scenario {
  return readScenario({ name: "mine.yaml", text: `summary: A sample.\n${steps}` });
}

/** What is told, in a word or two a piece. */
function listen(): { tell: (news: ScenarioNews) => void; lines: string[] } {
  const lines: string[] = [];
  const tell = (news: ScenarioNews): void => {
    const more = "words" in news ? ` ${news.words}` : "done" in news ? ` ${news.done} of ${news.of}` : "";
    lines.push(`${news.news} ${news.place.number}${more}`);
  };
  return { tell, lines };
}

test("steps are done in their order, each is told as it goes, and what one answered is there for the next", async () => {
  const { control, asked } = fakeControl(({ verb }) =>
    verb === "messages.wait" ? { messages: [{ messageId: "M1", bytes: 7 }, { messageId: "M2" }] } : { faultId: "F1" },
  );
  const { tell, lines } = listen();
  await runScenario(
    scenarioOf(`steps:
  - messages.wait: { mailbox: X26ABC2, subject: A name, within: 5s }
    as: came
  - say: \${came.messages.1.messageId} of \${came.bytes} bytes
  - messages.peek: { messageId: "\${came.messageId}", bytes: "\${came.bytes}" }
finally:
  - faults.clear:
`),
    control,
    { tell },
  );
  assert.deepEqual(
    asked.map(({ verb, input }) => [verb, input]),
    [
      ["messages.wait", { mailbox: "X26ABC2", subject: "A name", within: "5s" }],
      ["messages.peek", { messageId: "M1", bytes: 7 }],
      ["faults.clear", {}],
    ],
  );
  assert.deepEqual(lines, [
    "begun 1 messages.wait: mailbox X26ABC2, within 5s",
    "done 1",
    "said 2 M2 of 7 bytes",
    "done 2",
    "begun 3 messages.peek",
    "done 3",
    "begun finally 1 faults.clear",
    "done finally 1",
  ]);
});

test("the first step that fails ends the run, told with its line and what it means, and the end is still done", async () => {
  const { control, asked } = fakeControl(({ verb }) => {
    if (verb === "messages.expectNone") throw new ControlError("not-expected", "One came after 2s.");
    return { faultId: "F1" };
  });
  const { tell, lines } = listen();
  const scenario = scenarioOf(`steps:
  - faults.next: { at: send, do: reset }
    as: fault
  - messages.expectNone: { mailbox: X26ABC2 }
    as: never
    otherwise: It was sent twice.
  - messages.wait: {}
    as: later
finally:
  - faults.clear: { faultId: "\${fault.faultId}" }
  - messages.putBack: { messageId: "\${later.messageId}" }
`);
  await assert.rejects(runScenario(scenario, control, { tell }), {
    code: "step-failed",
    message: "Step 2 (line 5, messages.expectNone): One came after 2s.\nIt was sent twice.",
    place: { number: "2", line: 5, does: "messages.expectNone" },
  });
  assert.deepEqual(asked.map(({ verb, input }) => [verb, input]).slice(2), [["faults.clear", { faultId: "F1" }]]);
  assert.deepEqual(lines.slice(2), [
    "begun 2 messages.expectNone: mailbox X26ABC2",
    "failed 2 One came after 2s.",
    "begun finally 1 faults.clear",
    "done finally 1",
    "passed-over finally 2",
  ]);
});

test("a run that is stopped ends its wait at once, and cleans up all the same", async () => {
  const { control, asked } = fakeControl(({ verb, signal }) => (verb === "messages.wait" ? hang(signal) : {}));
  const stop = new AbortController();
  const running = runScenario(
    scenarioOf("steps:\n  - messages.wait: {}\n  - clock.read:\nfinally:\n  - faults.clear:\n"),
    control,
    { signal: stop.signal, tell: ({ news }) => news === "begun" && stop.abort() },
  );
  await assert.rejects(running, {
    code: "interrupted",
    message: /^Step 1 \(line 3, messages.wait\): The run was stopped/,
  });
  assert.deepEqual(
    asked.map(({ verb }) => verb),
    ["messages.wait", "faults.clear"],
  );
});

test("a verb that cannot be stopped is not waited for", async () => {
  const { control } = fakeControl(({ verb }) => (verb === "clock.advance" ? new Promise(() => undefined) : {}));
  const stop = new AbortController();
  await assert.rejects(
    runScenario(scenarioOf("steps:\n  - clock.advance: { by: 1h }\n"), control, {
      signal: stop.signal,
      tell: ({ news }) => news === "begun" && stop.abort(),
    }),
    { code: "interrupted" },
  );
});

test("every step of the end is done, whatever becomes of those before, and its failure is told beside the run's own", async () => {
  const { control, asked } = fakeControl(({ verb }) => {
    if (verb === "clock.read") return {};
    throw new ControlError("unreachable", `No answer to ${verb}.`);
  });
  const end = "finally:\n  - faults.clear:\n  - reset:\n";
  await assert.rejects(runScenario(scenarioOf(`steps:\n  - clock.read:\n${end}`), control), {
    code: "cleaning-failed",
    message: "Step finally 1 (line 5, faults.clear): No answer to faults.clear.",
  });
  assert.deepEqual(
    asked.splice(0).map(({ verb }) => verb),
    ["clock.read", "faults.clear", "reset"],
  );
  await assert.rejects(runScenario(scenarioOf(`steps:\n  - mailboxes.list:\n${end}`), control), {
    code: "step-failed",
    message: /^Step 1 .*mailboxes\.list\.\nAnd what was to be done at the end failed too\. Step finally 1 /,
  });
});

test("a fault that was used up needs no clearing at the end", async () => {
  const { control } = fakeControl(({ verb }) => {
    if (verb === "faults.clear") throw new ControlError("fault-unknown", "no such fault stands");
    return { faultId: "F1" };
  });
  const steps = "steps:\n  - faults.next: { at: send, do: reset }\n    as: fault\n";
  const end = 'finally:\n  - faults.clear: { faultId: "${fault.faultId}" }\n';
  const { tell, lines } = listen();
  await runScenario(scenarioOf(`${steps}${end}`), control, { tell });
  assert.deepEqual(lines.slice(2), ["begun finally 1 faults.clear", "passed-over finally 1"]);
});

test("a repetition counts from 1, tells how far it is and which one failed", async () => {
  const { control, asked } = fakeControl(({ input }) => {
    if ((input as { localId?: string }).localId === "n3")
      throw new ControlError("not-possible", "The mailbox is closed.");
    return { messageId: "M" };
  });
  const { tell, lines } = listen();
  const scenario = scenarioOf(`steps:
  - repeat:
      times: 5
      steps:
        - messages.inject: { mailbox: X26ABC1, workflowId: W, text: t, localId: "n\${repeat.number}" }
          as: put
`);
  await assert.rejects(runScenario(scenario, control, { tell }), {
    message: "Step 1.1 (line 6, messages.inject), at repetition 3: The mailbox is closed.",
  });
  assert.equal(asked.length, 3);
  assert.deepEqual(lines, [
    "begun 1 repeat: times 5",
    "repeated 1 1 of 5",
    "repeated 1 2 of 5",
    "failed 1.1 The mailbox is closed.",
  ]);
});

test("what was kept and has no such part is told with the parts that it has", async () => {
  const { control } = fakeControl(() => ({ now: "2026-01-01T00:00:00.000Z", ahead: "0s" }));
  const scenario = scenarioOf(
    'steps:\n  - clock.read:\n    as: clock\n  - messages.wait: { since: "${clock.time}" }\n',
  );
  await assert.rejects(runScenario(scenario, control), {
    code: "step-failed",
    message: "Step 2 (line 5, messages.wait): What was kept as 'clock' has no such part. It has now, ahead.",
  });
});

test("what a step of the runner's own is given by a kept answer is checked when it is there", async () => {
  const { control } = fakeControl(() => ({ now: "many", ahead: { of: "time" } }));
  const kept = "steps:\n  - clock.read:\n    as: clock\n";
  for (const [step, reason] of [
    ['repeat: { times: "${clock.now}", steps: [{ clock.read: }] }', "/times must be a whole number from 1 to 10000"],
    ['answer: { message: M1, level: "${clock.now}" }', '/level must be "infrastructure", "business" or "both"'],
    ["say: ${clock.ahead}", "It refers to a whole answer: name one of its parts."],
  ] as const) {
    await assert.rejects(runScenario(scenarioOf(`${kept}  - ${step}\n`), control), (error: Error) => {
      assert.ok(error.message.includes(reason), error.message);
      return true;
    });
  }
});

test("each run has a word of its own", async () => {
  const { control, asked } = fakeControl();
  const scenario = scenarioOf('steps:\n  - messages.wait: { localId: "run-${run}" }\n');
  await runScenario(scenario, control);
  await runScenario(scenario, control);
  const [first, second] = asked.map(({ input }) => (input as { localId: string }).localId);
  assert.match(first ?? "", /^run-[0-9a-f]{8}$/);
  assert.notEqual(first, second);
});

const answer =
  "steps:\n  - answer: { message: latest, mailbox: X26ABC2, level: both }\n    as: reply\n  - say: ${reply.messageId}\n";

test("an answer goes back to the mailbox that MESH says sent the message, from the one that has it, made of its unpacked body", async () => {
  const { control, asked } = fakeControl(({ verb, input }) => {
    if (verb === "messages.peek") {
      return {
        messageId: "M1",
        from: "X26ABC1",
        mailbox: "X26ABC2",
        workflowId: "W",
        headers: { "content-encoding": "gzip" },
        body: gzipSync("the letter").toString("base64"),
        isWhole: true,
      };
    }
    if (verb === "mailboxes.list") return { mailboxes: [{ mailbox: "X26ABC2", odsCode: "X26" }] };
    if (verb === "clock.read") return { now: "2026-01-02T03:04:05.000Z", ahead: "0s" };
    return { messageId: `reply to ${(input as { mailbox: string }).mailbox}` };
  });
  const { tell, lines } = listen();
  await runScenario(scenarioOf(answer), control, {
    tell,
    answers: ({ body, workflowId }, { level, verdict }, { responder, now }) => ({
      body: Buffer.from(`${level} of ${Buffer.from(body).toString()}, ${verdict ?? "as usual"}`),
      workflowId: `${workflowId}_ACK`,
      localId: responder.odsCode,
      subject: now.toISOString(),
    }),
  });
  const injected = asked.filter(({ verb }) => verb === "messages.inject").map(({ input }) => input);
  const head = {
    mailbox: "X26ABC1",
    from: "X26ABC2",
    workflowId: "W_ACK",
    localId: "X26",
    subject: "2026-01-02T03:04:05.000Z",
  };
  const text = (words: string): string => Buffer.from(words).toString("base64");
  assert.deepEqual(injected, [
    { ...head, body: text("infrastructure of the letter, as usual") },
    { ...head, body: text("business of the letter, as usual") },
  ]);
  assert.ok(lines.includes("said 2 reply to X26ABC1"));
});

test("without ITK3 answers the step says what is missing, and a report is not answered", async () => {
  const { control } = fakeControl(() => ({ messageId: "M1", mailbox: "X26ABC2", workflowId: "W", type: "REPORT" }));
  await assert.rejects(runScenario(scenarioOf(answer), control), { message: /give runScenario `answers`/ });
  const answers = (): never => assert.fail("a report was answered");
  await assert.rejects(runScenario(scenarioOf(answer), control, { answers }), { message: /neither is answered/ });
});
