import assert from "node:assert/strict";
import { test } from "node:test";
import type { Option } from "../../src/command-line/option.ts";
import { everyEntry } from "../../src/command-line/tree.ts";
import { program } from "../../src/commands/index.ts";

/** All that is said of an option, but for what holds where it is not typed: a command without settings has none to go by. */
function meaning({ name, about, value }: Option): string {
  return JSON.stringify({ name, about, value: { ...value, otherwise: undefined } });
}

test("an option means the same wherever it is offered", () => {
  const known = new Map<string, Option>();
  const pickedAs = new Map<string, string>();
  let shared = 0;
  // As scripts are used to write it: `ready` waits for a server, and `send` for so many seconds.
  const another = new Set(["--wait of ready"]);
  for (const { entry, path } of everyEntry(program.entries)) {
    if (entry.kind === "group") continue;
    for (const [picked, option] of Object.entries(entry.options)) {
      const before = known.get(option.name);
      if (before !== undefined) shared += 1;
      const offered = `--${option.name} of ${path.join(" ")}`;
      const isSame = before === undefined || before === option || meaning(before) === meaning(option);
      assert.ok(isSame || another.has(offered), `${offered} is another one`);
      known.set(option.name, option);
      assert.equal(pickedAs.get(option.name) ?? picked, picked);
      pickedAs.set(option.name, picked);
    }
  }
  assert.ok(shared > 20, `${shared} are offered more than once`);
});

test("what holds where an option is not typed is itself what is wanted there", () => {
  for (const { entry } of everyEntry(program.entries)) {
    for (const { name, value, isRepeated, read } of Object.values(entry.kind === "command" ? entry.options : {})) {
      if (value?.default !== undefined) assert.notEqual(read(value.default), undefined, name);
      for (const choice of value?.choices ?? []) {
        assert.deepEqual(read(choice), isRepeated === true ? [choice] : choice);
      }
    }
  }
});

test("no option is called as another one is, but for an s", () => {
  // That are: one names an organisation, the other the file of all of them; one a person, the other events.
  const meant = new Set(["organisation", "organisations", "name", "names"]);
  const names = new Set<string>();
  for (const { entry } of everyEntry(program.entries)) {
    for (const { name } of Object.values(entry.kind === "command" ? entry.options : {})) names.add(name);
  }
  for (const name of names) assert.ok(!names.has(`${name}s`) || meant.has(name), name);
});
