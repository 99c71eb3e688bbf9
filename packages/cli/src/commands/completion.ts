import { bashCompletion } from "../command-line/bash-completion.ts";
import type { Given, Group } from "../command-line/tree.ts";
import { zshCompletion } from "../command-line/zsh-completion.ts";
import type { Terminal } from "../terminal/terminal.ts";

export async function completion({ words }: Given, terminal: Terminal, program: Group): Promise<number> {
  const [shell] = words;
  await terminal.write(shell === "zsh" ? zshCompletion(program) : bashCompletion(program));
  return 0;
}
