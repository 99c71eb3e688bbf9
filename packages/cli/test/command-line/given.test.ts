import assert from "node:assert/strict";
import { test } from "node:test";
import { oneOf, text, wholeNumber } from "../../src/command-line/kinds.ts";
import { defaulted, flag, optional } from "../../src/command-line/option.ts";
import { command, type Given } from "../../src/command-line/tree.ts";
import { CliError } from "../../src/errors.ts";
import { treeOf, typed } from "../support/typed.ts";

function post(act: (given: Given) => Promise<number>): ReturnType<typeof command> {
  return command({
    name: "post",
    summary: "post letters",
    about: "Posts letters.",
    arguments: [{ name: "LETTER", about: "a letter", several: true, place: "file" }],
    options: {
      copies: defaulted("copies", wholeNumber({ from: 1, to: 9 }), { value: "N", about: "how many", default: "1" }),
      speed: optional("speed", oneOf(["first", "second"]), { value: "CLASS", about: "how fast" }),
      box: optional("box", text("a box", "folder"), { value: "DIR", about: "which box" }),
      signedFor: flag("signed-for", "someone signs"),
    },
    load: async () => act,
  });
}

/** What the act is given for these words. */
async function given(...words: string[]): Promise<Given | undefined> {
  let seen: Given | undefined;
  const tree = treeOf(
    post(async (it) => {
      seen = it;
      return 0;
    }),
  );
  const { status, complained } = await typed(["post", ...words], tree);
  assert.equal(status, 0, complained);
  return seen;
}

test("a command is given its options read, and what holds where they are not typed", async () => {
  assert.deepEqual(await given("a.txt"), {
    options: { copies: 1, speed: undefined, box: undefined, signedFor: false },
    words: ["a.txt"],
  });
  assert.deepEqual(await given("--copies", "3", "a.txt", "--signed-for", "b.txt", "--box=here", "--speed=first"), {
    options: { copies: 3, speed: "first", box: "here", signedFor: true },
    words: ["a.txt", "b.txt"],
  });
});

test("after -- every word is an argument, and with = a value may begin with a hyphen", async () => {
  assert.deepEqual((await given("a.txt", "--", "-b.txt", "--copies", "-"))?.words, [
    "a.txt",
    "-b.txt",
    "--copies",
    "-",
  ]);
  assert.equal((await given("a.txt", "--box=-b"))?.options["box"], "-b");
  assert.equal((await given("a.txt", "--box=a=b"))?.options["box"], "a=b");
});

test("the exit status is the command's: 0 done, 1 could not, and a defect is not taken for either", async () => {
  const status = async (act: () => Promise<number>): Promise<number> =>
    (await typed(["post", "a.txt"], treeOf(post(act)))).status;
  assert.equal(await status(async () => 0), 0);
  assert.equal(await status(async () => 1), 1);
  assert.equal(await status(() => Promise.reject(new CliError("not-answered", "no"))), 1);
  assert.equal(await status(() => Promise.reject(new CliError("usage", "no"))), 2);
  await assert.rejects(
    status(() => Promise.reject(new TypeError("a defect"))),
    /a defect/,
  );
});
