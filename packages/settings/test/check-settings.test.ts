import assert from "node:assert/strict";
import { test } from "node:test";
import {
  checkSettings,
  createCheck,
  SettingsError,
  withDefaults,
  writeSettings,
  readSettings,
} from "@restante/settings";
import { defaultsSchema, exampleSchema } from "./example.ts";

function problemsOf(value: unknown): string[] {
  try {
    checkSettings("options", value, defaultsSchema);
  } catch (error) {
    assert.ok(error instanceof SettingsError);
    return error.problems.map(({ pointer, words }) => `${pointer} ${words}`);
  }
  return [];
}

test("a value that came from no file is checked by the same schema, and told by what it is called", () => {
  assert.throws(() => checkSettings("options", { name: 1 }, exampleSchema), {
    message: /^The settings have 3 problems:\n {2}options \/port is missing/,
  });
  const value = { name: "a", port: 1, mailboxes: [] };
  assert.equal(checkSettings("options", value, exampleSchema), value);
});

test("of several kinds the one that is named is checked, and no other", () => {
  assert.deepEqual(problemsOf({ ways: [{ kind: "api", url: "x" }] }), []);
  assert.deepEqual(problemsOf({ ways: [{ kind: "api", folder: "x" }, { kind: "post" }, {}] }), [
    "/ways/0/url is missing: it must be a text that is not empty",
    "/ways/0 has a property that is none of kind, url",
    '/ways/1/kind must be "folder" or "api"',
    '/ways/2/kind is missing: it must be "folder" or "api"',
  ]);
});

test("defaults are written out at every depth, in the order of the schema, and what has none stays away", () => {
  assert.deepEqual(withDefaults(defaultsSchema, { ways: [{ kind: "folder", folder: "x" }], strict: true }), {
    strict: true,
    match: "spine",
    retries: { attempts: 3, firstWaitMs: 250 },
    ways: [{ kind: "folder", folder: "x", pollMs: 5 }],
  });
});

test("what is written as settings is read again as it was, and quoted where any reader might take it otherwise", () => {
  const value = {
    name: "12E45",
    port: 8700,
    mailboxes: [
      { mailboxId: "NO", odsCode: "0123" },
      { mailboxId: "Yes", odsCode: "99001" },
    ],
  };
  const text = writeSettings(value, ["A comment,", "", "on three lines."]);
  assert.match(text, /^# A comment,\n#\n# on three lines\.\n/);
  assert.match(text, /mailboxId: "NO"/);
  assert.match(text, /odsCode: "0123"/);
  assert.deepEqual(readSettings({ name: "part.yaml", text }, exampleSchema).value, value);
});

test("a schema that a file holds is checked by the same words", () => {
  const check = createCheck(
    {
      type: "object",
      additionalProperties: false,
      properties: {
        count: { type: "integer", minimum: 2 },
        most: { type: "integer", maximum: 3 },
        any: { type: "integer" },
        short: { type: "string", minLength: 1, maxLength: 2 },
        few: { type: "array", maxItems: 1 },
        never: { not: {} },
        secret: {
          type: "object",
          oneOf: [{ required: ["file"] }, { required: ["env"] }],
          dependentRequired: { pointer: ["file"] },
        },
      },
    },
    [],
    { tellNames: true },
  );
  const wrong = { count: 1, most: 4, any: "1", short: "abc", few: [1, 2], never: 1, secret: { pointer: "" }, other: 1 };
  assert.deepEqual(
    check(wrong).map(({ pointer, words }) => `${pointer} ${words}`),
    [
      "/other is not a property here",
      "/count must be a whole number of 2 or more",
      "/most must be a whole number of 3 or less",
      "/any must be a whole number; write it without quotes",
      "/short must not be longer than 2 characters",
      "/few must not have more than 1 items",
      "/never is not allowed here",
      '/secret must have either "file" or "env"',
      '/secret must have "file" with "pointer"',
    ],
  );
  assert.deepEqual(
    check({ short: "" }).map(({ words }) => words),
    ["must not be empty"],
  );
});

test("a value with some hundred thousand problems is told of all of them, each held against its own place alone", () => {
  const mailboxes = Array.from({ length: 50_000 }, () => ({}));
  assert.throws(
    () => checkSettings("options", { name: "n", port: 1, mailboxes }, exampleSchema),
    (error) => error instanceof SettingsError && error.problems.length === 100_000,
  );
});
