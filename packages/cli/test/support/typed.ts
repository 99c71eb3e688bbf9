import { Readable } from "node:stream";
import type { Entry, Group } from "../../src/command-line/tree.ts";
import { group } from "../../src/command-line/tree.ts";
import { program } from "../../src/commands/index.ts";
import { run } from "../../src/run.ts";
import { type Input, plain, type Terminal } from "../../src/terminal/terminal.ts";

/** What typing these words comes to. */
export interface Typed {
  readonly status: number;
  readonly printed: string;
  readonly complained: string;
}

/** Nobody types anything. */
export const noInput: Input = Object.assign(Readable.from([]), { isTTY: false, setRawMode: () => undefined });

/** Runs the words in this process, on a terminal that remembers. */
export async function typed(
  words: readonly string[],
  tree: Group = program,
  columns = 120,
  input: Input = noInput,
  more: Partial<Terminal> = {},
): Promise<Typed> {
  const lines = { printed: [] as string[], complained: [] as string[] };
  const status = await run(tree, words, {
    print: (line) => void lines.printed.push(`${line}\n`),
    complain: (line) => void lines.complained.push(`${line}\n`),
    write: async (text) => void lines.printed.push(text),
    progress: () => undefined,
    paint: plain,
    columns,
    input,
    stop: new AbortController().signal,
    onReload: () => () => undefined,
    ...more,
  });
  return { status, printed: lines.printed.join(""), complained: lines.complained.join("") };
}

/** A program of these commands. */
export function treeOf(...entries: Entry[]): Group {
  return group({ name: "sample", summary: "a sample", about: "Sample: a program of a test.", entries });
}
