import assert from "node:assert/strict";
import { test } from "node:test";
import { processTerminal } from "../../src/terminal/terminal.ts";

interface Where {
  stdout: boolean;
  stderr: boolean;
  env?: Record<string, string>;
}

/** What each stream gets of a red word, where a person looks at the ones that are said to be a terminal. */
async function shown({ stdout, stderr, env = {} }: Where): Promise<{ printed: string; written: string; told: string }> {
  const lines: Record<"stdout" | "stderr", string[]> = { stdout: [], stderr: [] };
  const stream = (name: "stdout" | "stderr", isTTY: boolean): object => ({
    isTTY,
    on: () => undefined,
    write(text: string, done?: () => void): boolean {
      lines[name].push(text);
      done?.();
      return true;
    },
  });
  const process = { stdout: stream("stdout", stdout), stderr: stream("stderr", stderr), env } as NodeJS.Process;
  const { paint, print, write, complain } = processTerminal(process, {
    stop: new AbortController().signal,
    onReload: () => () => undefined,
  });
  print(paint.red("word"));
  await write(paint.bold(paint.red("word")));
  complain(paint.red("word"));
  return { printed: lines.stdout[0]!, written: lines.stdout[1]!, told: lines.stderr[0]! };
}

const red = "\u001B[31mword\u001B[39m";

test("each stream has colours where a person looks at it, and only there", async () => {
  const boldRed = `\u001B[1m${red}\u001B[22m`;
  assert.deepEqual(await shown({ stdout: true, stderr: true }), {
    printed: `${red}\n`,
    written: boldRed,
    told: `${red}\n`,
  });
  assert.deepEqual(await shown({ stdout: true, stderr: false }), {
    printed: `${red}\n`,
    written: boldRed,
    told: "word\n",
  });
  assert.deepEqual(await shown({ stdout: false, stderr: true }), {
    printed: "word\n",
    written: "word",
    told: `${red}\n`,
  });
});

test("there are no colours where none are wanted", async () => {
  const plain = { printed: "word\n", written: "word", told: "word\n" };
  assert.deepEqual(await shown({ stdout: false, stderr: false }), plain);
  for (const env of [{ NO_COLOR: "1" }, { TERM: "dumb" }]) {
    assert.deepEqual(await shown({ stdout: true, stderr: true, env }), plain);
  }
});
