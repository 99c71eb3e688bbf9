import assert from "node:assert/strict";
import { test } from "node:test";
import { checkInput, ControlError, everyOperation } from "@restante/control";
import type { JsonSchema } from "@restante/settings";
import * as fc from "fast-check";

function problemsOf(check: () => unknown): string[] {
  try {
    check();
  } catch (error) {
    assert(error instanceof ControlError);
    assert.equal(error.code, "input-invalid");
    return error.message
      .split("\n")
      .slice(1)
      .map((line) => line.trim());
  }
  return [];
}

test("every problem of an input is told at once, by its place, without what was given", () => {
  const input = { mailbox: "", count: 0, within: "11m", type: "data", subjet: "Ada Lovelace" };
  const problems = problemsOf(() => checkInput("messages.wait", input));
  assert.deepEqual(problems.toSorted(), [
    "/count must be a whole number from 1 to 5000",
    "/mailbox must be a text of 1 to 500 characters",
    '/type must be "DATA" or "REPORT"',
    "/within must be a duration up to 10m, such as 250ms, 90s, 15m, 2h or 1d12h",
    "it has 'subjet', which is not a property here; did you mean 'subject'?",
  ]);
});

test("a verb takes no input as the empty one", () => {
  assert.deepEqual(checkInput("messages.list", undefined), {});
  assert.deepEqual(checkInput("clock.read"), {});
  assert.deepEqual(
    problemsOf(() => checkInput("clock.read", null)),
    ["it must be an object; there is no value"],
  );
  assert.equal(problemsOf(() => checkInput("clock.read", { by: "5d" })).length, 1);
});

test("a message is injected with a body or a text, never both nor neither", () => {
  const head = { mailbox: "x26abc1", workflowId: "TEST_WORKFLOW" };
  assert.deepEqual(
    problemsOf(() => checkInput("messages.inject", { ...head, text: "" })),
    [],
  );
  assert.deepEqual(
    problemsOf(() => checkInput("messages.inject", { ...head, body: "" })),
    [],
  );
  const oneOfThem = 'it must have either "body" or "text"';
  assert.deepEqual(
    problemsOf(() => checkInput("messages.inject", head)),
    [oneOfThem],
  );
  assert.deepEqual(
    problemsOf(() => checkInput("messages.inject", { ...head, body: "", text: "" })),
    [oneOfThem],
  );
});

test("a body has at most 10 MB, in bytes, however it is given", () => {
  const head = { mailbox: "X26ABC1", workflowId: "W" };
  const problems = (body: object): string[] => problemsOf(() => checkInput("messages.inject", { ...head, ...body }));
  assert.deepEqual(problems({ text: "a".repeat(10_000_000) }), []);
  assert.deepEqual(problems({ text: "é".repeat(5_000_001) }), ["/text must be a text of at most 10 MB in UTF-8"]);
  assert.deepEqual(problems({ body: Buffer.alloc(10_000_000).toString("base64") }), []);
  assert.equal(problems({ body: Buffer.alloc(10_000_003).toString("base64") }).length, 1);
});

test("what becomes a header holds no control characters and is no longer than the API allows", () => {
  const head = { mailbox: "X26ABC1", workflowId: "W", text: "" };
  assert.deepEqual(
    problemsOf(() => checkInput("messages.inject", { ...head, subject: "a\r\nmex-from: X" })),
    ["/subject must be a text without control characters: it becomes a header"],
  );
  assert.deepEqual(
    problemsOf(() => checkInput("messages.inject", { ...head, subject: "é".repeat(501) })),
    ["/subject must not be longer than 500 characters"],
  );
  assert.equal(problemsOf(() => checkInput("messages.inject", { ...head, body: "not base64" })).length, 2);
});

test("a fault is one of its kinds, at a point where it can be done", () => {
  const fault = (value: object): string[] => problemsOf(() => checkInput("faults.next", value));
  assert.deepEqual(fault({ at: "send", do: "lose-answer" }), []);
  assert.deepEqual(fault({ at: "demographics", do: "down" }), []);
  assert.deepEqual(fault({ at: "demographics", do: "delay", for: "1s", to: "3s" }), []);
  assert.deepEqual(fault({ at: "send", do: "down" }), ['/at must be "demographics" for "down"']);
  assert.deepEqual(fault({ at: "send", do: "delay", for: "3s", to: "1s" }), ["/to must not be less than /for"]);
  assert.deepEqual(fault({ at: "lookup", do: "reset", mailbox: "X26ABC1" }), [
    '/mailbox is not known at "lookup": leave it out',
  ]);
  assert.deepEqual(fault({ at: "send", do: "status" }), [
    "/status is missing: it must be a whole number from 200 to 599",
  ]);
  assert.match(fault({ at: "send" }).join("\n"), /^\/do is missing: it must be "status", "delay"/);
  assert.deepEqual(fault({ at: "send", do: "reset", probability: 1.5, times: 0 }).toSorted(), [
    "/probability must be a number from 0 to 1",
    "/times must be a whole number from 1 to 1000000",
  ]);
  assert.deepEqual(fault({ at: "any", do: "token-clock", by: "-2h" }), []);
});

test("a filter goes with the newest message, not with one that is named", () => {
  assert.deepEqual(checkInput("messages.peek", { messageId: "latest", filter: { mailbox: "X26ABC1" } }), {
    messageId: "latest",
    filter: { mailbox: "X26ABC1" },
  });
  assert.deepEqual(
    problemsOf(() => checkInput("messages.peek", { messageId: "20260101120000000000_A", filter: {} })),
    ['/filter goes with the message id "latest" alone'],
  );
});

test("whatever JSON is given to whatever verb, it is taken or refused as input, in bounded words", () => {
  const names = everyOperation.map(({ name }) => name);
  const properties = [...new Set(everyOperation.flatMap(({ input }) => propertiesOf(input.json)))];
  const likely = fc.dictionary(
    fc.constantFrom(...properties),
    fc.oneof(fc.jsonValue(), fc.constantFrom("send", "status")),
    {
      maxKeys: 6,
    },
  );
  fc.assert(
    fc.property(fc.constantFrom(...names), fc.oneof(fc.jsonValue(), likely), (name, value) => {
      const problems = problemsOf(() => assert.equal(checkInput(name, value), value));
      assert.ok(problems.join("\n").length < 20_000);
    }),
    { numRuns: 3000 },
  );
});

function propertiesOf({ properties = {}, oneOf = [] }: JsonSchema): string[] {
  return [...Object.keys(properties), ...oneOf.flatMap(propertiesOf)];
}
