import assert from "node:assert/strict";
import { test } from "node:test";
import { readScenario, type Scenario, shippedScenario, shippedScenarios } from "@restante/control/scenario";
import { type Problem, SettingsError } from "@restante/settings";

function read(text: string, set?: Record<string, string>): Scenario {
  return readScenario({ name: "folder/mine.yaml", text }, set && { set });
}

function problemsOf(text: string): readonly Problem[] {
  try {
    read(text);
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
  return [];
}

function told(text: string): string[] {
  return problemsOf(text).map(({ place, pointer, words }) => `${place?.line} ${pointer} ${words}`);
}

const head = "summary: A sample.\n";

test("a scenario is its steps, with the values of its variables in their places and its lines", () => {
  const scenario = read(
    `${head}variables:
  mailbox: { about: Where., default: X26ABC1 }
  most: { about: How many., default: 3 }
steps:
  - say: To \${mailbox}, \${most} times
  - messages.wait: { mailbox: "\${mailbox}", count: "\${most}" }
    as: came
    otherwise: None came to \${mailbox}.
  - repeat:
      times: \${most}
      steps:
        - messages.putBack: { messageId: "\${came.messageId}" }
finally:
  - faults.clear:
`,
    { mailbox: "x26abc2", most: "5" },
  );
  assert.deepEqual(scenario, {
    name: "mine",
    summary: "A sample.",
    variables: [
      { name: "mailbox", about: "Where.", value: "x26abc2" },
      { name: "most", about: "How many.", value: 5 },
    ],
    steps: [
      { place: { number: "1", line: 6, does: "say" }, kind: "say", words: "To x26abc2, 5 times" },
      {
        place: { number: "2", line: 7, does: "messages.wait" },
        kind: "verb",
        verb: "messages.wait",
        input: { mailbox: "x26abc2", count: 5 },
        as: "came",
        otherwise: "None came to x26abc2.",
      },
      {
        place: { number: "3", line: 10, does: "repeat" },
        kind: "repeat",
        times: 5,
        steps: [
          {
            place: { number: "3.1", line: 13, does: "messages.putBack" },
            kind: "verb",
            verb: "messages.putBack",
            input: { messageId: "${came.messageId}" },
          },
        ],
      },
    ],
    finally: [
      { place: { number: "finally 1", line: 15, does: "faults.clear" }, kind: "verb", verb: "faults.clear", input: {} },
    ],
  });
});

test("every problem is told at once, by line and path, in words that say what to write", () => {
  const text = `${head}variables:
  count: { about: How many., default: many }
steps:
  - messages.wiat: { mailbox: X26ABC1 }
  - messages.wait: { mailbox: X26ABC1, withn: 10s }
  - messages.wait: { within: soon }
  - messages.wait: { count: "\${count}", mailbox: "\${mailbx}" }
  - faults.next: { at: send, do: lose-anwser }
  - { say: Now, clock.read: {} }
  - as: nothing
  - say: Hear \${}
  - answer: { message: latest, level: both, code: "20013" }
  - say: Again
    as: said
  - repeat: { times: 0, steps: [{ faults.list: {}, as: list }, { messages.peek: { messageId: "\${repeat.number}" } }] }
  - messages.peek: { messageId: "\${list.one}\${repeat.number}" }
`;
  const lines = told(text);
  const expected = [
    /^5 \/steps\/0 has 'messages.wiat', which is not a property here; did you mean 'messages.wait'\?$/,
    /^6 \/steps\/1\/messages.wait has 'withn', .*did you mean 'within'\?$/,
    /^7 \/steps\/2\/messages.wait\/within must be a duration/,
    /^8 \/steps\/3\/messages.wait\/count must be a whole number/,
    /^8 \/steps\/3\/messages.wait\/mailbox refers to 'mailbx', which is no variable/,
    /^9 \/steps\/4\/faults.next\/do must be /,
    /^10 \/steps\/5\/clock.read is a second thing to do in the same step/,
    /^11 \/steps\/6 does nothing/,
    /^12 \/steps\/7\/say has a \$\{ that begins no reference/,
    /^13 \/steps\/8\/answer\/mailbox is missing: the latest message of which mailbox\?$/,
    /^13 \/steps\/8\/answer\/code is of one level, not of both$/,
    /^15 \/steps\/9\/as keeps nothing: say answers nothing$/,
    /^16 \/steps\/10\/repeat\/times must be a whole number from 1/,
    /^17 \/steps\/11\/messages.peek\/messageId refers to 'repeat', which is known inside the steps of a repeat only$/,
  ];
  assert.equal(lines.length, expected.length, lines.join("\n"));
  for (const [index, pattern] of expected.entries()) assert.match(lines[index] ?? "", pattern);
});

test("what is no scenario at all is told as that", () => {
  assert.deepEqual(told(""), ["undefined  is empty"]);
  assert.deepEqual(told("- say: Now"), ["undefined  must be an object"]);
  assert.deepEqual(told(`${head}steps: []`), ["2 /steps must be a list of at least 1 item"]);
  assert.match(told(`${head}steps: [faults.clear]`).join(), /must be one thing to do, with what it takes/);
  assert.match(
    told(`${head}steps: [{ repeat: }, { repeat: { times: 2, steps: now } }]`).join(),
    /must be an object with times/,
  );
  assert.match(told(`${head}variables: []\nsteps: [{ faults.clear: }]`).join(), /variables must be an object/);
});

test("a variable that is not there, needs a value or is no number is told before anything is run", () => {
  const text = `${head}variables:
  mailbox: { about: Your mailbox. }
  most: { about: How many., default: 3 }
steps: [{ messages.wait: { mailbox: "\${mailbox}", count: "\${most}" } }]`;
  const code = "variable-wrong";
  assert.throws(() => read(text), {
    code,
    message: /needs a value for 'mailbox': --set mailbox=VALUE\. Your mailbox\./,
  });
  assert.throws(() => read(text, { mailbox: "X1", mailbxo: "X2" }), {
    code,
    message: /no variable 'mailbxo'; did you mean 'mailbox'/,
  });
  assert.throws(() => read(text, { mailbox: "X1", most: "few" }), { code, message: /'most' must be a whole number/ });
  assert.throws(() => read(text, { mailbox: "${most}" }), { code });
});

test("every scenario that is shipped is right as it stands, has its comment and a sentence", async () => {
  for (const name of await shippedScenarios()) {
    const file = await shippedScenario(name);
    const scenario = readScenario(file);
    assert.equal(scenario.name, name);
    assert.match(scenario.summary, /^[A-Z].*[^.]$/);
    for (const heading of [
      "What happens here",
      "Why it happens",
      "Which faults it finds",
      "What a right client does",
    ]) {
      assert.ok(file.text.includes(`# ${heading}: `), `${name}: ${heading}`);
    }
    assert.ok(
      scenario.steps.some(({ kind }) => kind === "say"),
      name,
    );
  }
  await assert.rejects(shippedScenario("lost-anwser"), { code: "scenario-unknown", message: /'lost-answer'/ });
});
