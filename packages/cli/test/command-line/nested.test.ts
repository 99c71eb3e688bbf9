import assert from "node:assert/strict";
import { test } from "node:test";
import { typed } from "../support/typed.ts";
import { done, shelf as tree } from "./shelf.ts";

test("a verb below another is found, with its options, its arguments and its status", async () => {
  assert.equal((await typed(["shelf", "add", "vase", "--colour", "blue"], tree)).status, 0);
  assert.deepEqual(done, ["added blue vase"]);
  assert.equal((await typed(["shelf", "list"], tree)).status, 1);
});

test("a nested verb that was mistyped or left out is told with the words before it", async () => {
  const refused = async (...words: string[]): Promise<string> => {
    const { status, printed, complained } = await typed(words, tree);
    assert.deepEqual([status, printed], [2, ""]);
    return complained;
  };
  assert.equal(
    await refused("shefl"),
    "restante: there is no command 'shefl': did you mean shelf? Try: sample --help\n",
  );
  assert.equal(
    await refused("shelf", "lsit"),
    "restante: there is no command 'shelf lsit': did you mean shelf list? Try: sample shelf --help\n",
  );
  assert.equal(await refused("shelf"), "restante: after 'shelf' comes one of add, list. Try: sample shelf --help\n");
  assert.equal(
    await refused("shelf", "--colour", "red"),
    "restante: --colour comes after the command, as in: sample shelf add --colour. Try: sample shelf --help\n",
  );
  assert.equal(await refused("shelf", "add"), "restante: THING is missing. Try: sample shelf add --help\n");
  assert.equal(
    await refused("shelf", "add", "vase", "--color", "red"),
    "restante: there is no option --color: did you mean --colour? Try: sample shelf add --help\n",
  );
});

test("each level of nested verbs explains itself, by --help, -h and help", async () => {
  const help = async (...words: string[]): Promise<string> => {
    const { status, printed, complained } = await typed(words, tree);
    assert.deepEqual([status, complained], [0, ""]);
    return printed;
  };
  const ofShelf = await help("shelf", "--help");
  assert.equal(
    ofShelf,
    `Usage: sample shelf COMMAND [OPTIONS]

Puts things on the shelf and takes them off.

Commands:
  add   put a thing on it
  list  say what is on it

Options:
  -h, --help  this text

sample shelf COMMAND --help tells more.
`,
  );
  assert.equal(await help("shelf", "-h"), ofShelf);
  assert.equal(await help("help", "shelf"), ofShelf);
  const ofAdd = await help("shelf", "add", "--help");
  assert.match(ofAdd, /^Usage: sample shelf add THING \[OPTIONS\]\n/);
  assert.match(ofAdd, /\n {2}--colour NAME {2}its colour \(red, blue; default red\)\n/);
  assert.equal(await help("help", "shelf", "add"), ofAdd);
  assert.equal(await help("shelf", "add", "vase", "-h"), ofAdd);
});

test("a command with others below it does what it does itself, or what the one below does", async () => {
  done.length = 0;
  assert.equal((await typed(["lamp"], tree)).status, 0);
  assert.equal((await typed(["lamp", "--colour", "blue"], tree)).status, 0);
  assert.equal((await typed(["lamp", "dim", "2"], tree)).status, 0);
  assert.equal((await typed(["lamp", "bulb", "change"], tree)).status, 3);
  assert.deepEqual(done, ["lit red", "lit blue", "dimmed by 2"]);
  const help = (await typed(["lamp", "--help"], tree)).printed;
  assert.equal(
    help,
    `Usage: sample lamp [OPTIONS]

Lights the lamp.

Options:
  --colour NAME  its colour (red, blue; default red)
  -h, --help     this text

Commands:
  dim   turn it down
  bulb  what is in the lamp

sample lamp COMMAND --help tells more.

Examples:
  sample lamp --colour blue
`,
  );
  assert.equal((await typed(["help", "lamp"], tree)).printed, help);
  assert.match((await typed(["lamp", "dim", "--help"], tree)).printed, /^Usage: sample lamp dim STEPS/);
  assert.match((await typed(["lamp", "bulb", "-h"], tree)).printed, /^Usage: sample lamp bulb COMMAND/);
});

test("a word after a command with others below it, and that is none of them, is told as such", async () => {
  const refused = async (...words: string[]): Promise<string> => {
    const { status, printed, complained } = await typed(words, tree);
    assert.deepEqual([status, printed], [2, ""]);
    return complained;
  };
  assert.equal(
    await refused("lamp", "blub"),
    "restante: there is no command 'lamp blub': did you mean lamp bulb? Try: sample lamp --help\n",
  );
  assert.equal(await refused("lamp", "xyz"), "restante: there is no command 'lamp xyz'. Try: sample lamp --help\n");
  assert.equal(
    await refused("lamp", "--color"),
    "restante: there is no option --color: did you mean --colour? Try: sample lamp --help\n",
  );
  assert.equal(await refused("lamp", "dim"), "restante: STEPS is missing. Try: sample lamp dim --help\n");
  assert.equal(
    await refused("lamp", "--colour", "red", "dim", "2"),
    "restante: 'dim' comes before the options, as in: sample lamp dim. Try: sample lamp --help\n",
  );
  assert.equal(
    await refused("lamp", "bulb"),
    "restante: after 'lamp bulb' comes one of change. Try: sample lamp bulb --help\n",
  );
});
