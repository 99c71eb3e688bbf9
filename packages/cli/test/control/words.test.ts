import assert from "node:assert/strict";
import { test } from "node:test";
import { everyOperation, type Operation } from "@restante/control";
import type { JsonSchema } from "@restante/settings";
import type { Command } from "../../src/command-line/tree.ts";
import { entryAt } from "../../src/command-line/read.ts";
import { everyEntry } from "../../src/command-line/tree.ts";
import { program } from "../../src/commands/index.ts";

/** Arguments, which have their property by their place; the other properties are options by their names. */
const argumentsOf: Readonly<Record<string, readonly string[]>> = {
  "messages.peek": ["messageId"],
  "messages.inject": ["mailbox"],
  "messages.report": ["mailbox", "workflowId", "code", "description"],
  "messages.putBack": ["messageId"],
  "mailboxes.close": ["mailbox", "reason"],
  "mailboxes.open": ["mailbox"],
  "faults.add": ["at", "do"],
  "faults.next": ["at", "do"],
  "clock.advance": ["by"],
  "demographics.move": ["nhsNumber"],
  "snapshots.save": ["name"],
  "snapshots.restore": ["name"],
  "snapshots.remove": ["name"],
};

/** Options that are not properties by their names: how a body is given, how the answer is shown, where the server is. */
const beside = new Set(["file", "itk3", "json", "server", "data", "tokenFile"]);

/** A body in Base64 comes from a file; what `peek` filters by is typed beside the id. */
const otherwise = new Set(["messages.inject body", "messages.peek filter"]);

function commandOf({ words }: Operation): Command {
  const { entry, path } = entryAt(program, ["control", ...words]);
  assert.deepEqual(path, ["control", ...words]);
  assert.ok(entry.kind === "command");
  return entry;
}

function propertiesOf({ properties = {}, oneOf = [] }: JsonSchema): Record<string, JsonSchema> {
  return { ...properties, ...Object.assign({}, ...oneOf.map(propertiesOf)) };
}

/** With what is in the filter of `peek`. */
function typedProperties({ input }: Operation): Record<string, JsonSchema> {
  const { filter, ...properties } = propertiesOf(input.json);
  return { ...properties, ...(filter === undefined ? {} : propertiesOf(filter)) };
}

test("every verb of control is typed by its own name, and there is no other but events and scenarios", () => {
  const { entry } = entryAt(program, ["control"]);
  assert.ok(entry.kind === "group");
  const typed = Array.from(everyEntry(entry.entries)).flatMap(({ entry: of, path }) =>
    of.kind === "command" ? [path.join(" ")] : [],
  );
  assert.deepEqual(typed, [...everyOperation.map(({ words }) => words.join(" ")), "events", "run", "scenarios"]);
});

test("whatever a verb takes can be typed, as an argument or as an option of the same name", () => {
  for (const operation of everyOperation) {
    const { name } = operation;
    const command = commandOf(operation);
    const named = argumentsOf[name] ?? [];
    assert.equal(command.arguments.length, named.length, name);
    const options = Object.keys(command.options).filter((option) => !beside.has(option));
    const properties = Object.keys(typedProperties(operation)).filter((of) => !otherwise.has(`${name} ${of}`));
    assert.deepEqual([...new Set([...named, ...options])].toSorted(), properties.toSorted(), name);
    for (const option of ["json", "server", "data", "tokenFile"]) assert.ok(option in command.options, name);
  }
});

test("what can be chosen on the command line is what the verb takes", () => {
  for (const operation of everyOperation) {
    const { name, input } = operation;
    const command = commandOf(operation);
    const properties = typedProperties(operation);
    const kinds = (input.json.oneOf ?? []).flatMap((kind) => kind.properties?.["do"]?.enum ?? []);
    if (kinds.length > 0) assert.deepEqual(command.arguments[1]?.choices, kinds);
    for (const [property, { enum: words }] of Object.entries(properties)) {
      if (words === undefined || property === "do") continue;
      const argument = (argumentsOf[name] ?? []).indexOf(property);
      const choices =
        argument === -1 ? command.options[property]?.value?.choices : command.arguments[argument]?.choices;
      assert.deepEqual(choices, words, `${name} ${property}`);
    }
  }
});

test("what the help says of an option that is left out is what the verb takes it for", () => {
  for (const operation of everyOperation) {
    const { options } = commandOf(operation);
    for (const [property, { default: value }] of Object.entries(typedProperties(operation))) {
      if (value === undefined || options[property] === undefined) continue;
      if (`${operation.name} ${property}` === "messages.peek bytes") continue;
      const { default: read, otherwise: said } = options[property].value ?? {};
      assert.equal(read ?? said, `${value as string | number}`, `${operation.name} ${property}`);
    }
  }
});
