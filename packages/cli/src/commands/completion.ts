import { bashCompletion } from "../command-line/bash-completion.ts";
import type { Given } from "../command-line/tree.ts";
import { zshCompletion } from "../command-line/zsh-completion.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { program } from "./index.ts";

export async function completion({ words }: Given, terminal: Terminal): Promise<number> {
  const [shell] = words;
  await terminal.write(shell === "zsh" ? zshCompletion(program) : bashCompletion(program));
  return 0;
}
