import { command, type Command } from "../../command-line/tree.ts";

/** For the shells that there are; the script is made from the tree of commands, of which this is one. */
export const completionWords: Command = command({
  name: "completion",
  summary: "print the script by which bash or zsh completes commands, options and files",
  about:
    "Prints a script for a shell to read. With it the Tab key completes commands, options, what an option can be, and files where a file is wanted. It holds for the command `restante` where that is found by itself (an installed one, or one in the PATH), and for this release: print it again after an update.",
  arguments: [{ name: "SHELL", about: "bash or zsh", choices: ["bash", "zsh"] }],
  remarks: [
    "bash: write it to a file of your own, such as ~/.restante.bash, and put into ~/.bashrc: source ~/.restante.bash",
    "zsh: write it to a file _restante in a folder of $fpath, and start zsh anew.",
    'Or ask for it at each start of the shell, in ~/.bashrc or, after compinit, in ~/.zshrc: eval "$(restante completion bash)"',
  ],
  examples: ["bash > ~/.restante.bash"],
  load: async () => (await import("../completion.ts")).completion,
});
