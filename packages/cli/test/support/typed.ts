import type { Entry, Group } from "../../src/command-line/tree.ts";
import { group } from "../../src/command-line/tree.ts";
import { program } from "../../src/commands/index.ts";
import { run } from "../../src/run.ts";
import { plain } from "../../src/terminal/terminal.ts";

/** What typing these words comes to. */
export interface Typed {
  readonly status: number;
  readonly printed: string;
  readonly complained: string;
}

/** Runs the words in this process, on a terminal that remembers. */
export async function typed(words: readonly string[], tree: Group = program, columns = 120): Promise<Typed> {
  const lines = { printed: [] as string[], complained: [] as string[] };
  const status = await run(tree, words, {
    print: (line) => void lines.printed.push(`${line}\n`),
    complain: (line) => void lines.complained.push(`${line}\n`),
    write: async (text) => void lines.printed.push(text),
    progress: () => undefined,
    paint: plain,
    columns,
    stop: new AbortController().signal,
    onReload: () => () => undefined,
  });
  return { status, printed: lines.printed.join(""), complained: lines.complained.join("") };
}

/** A program of these commands. */
export function treeOf(...entries: Entry[]): Group {
  return group({ name: "sample", summary: "a sample", about: "Sample: a program of a test.", entries });
}
