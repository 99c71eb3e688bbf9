import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { everyEntry } from "../../src/command-line/tree.ts";
import { program } from "../../src/commands/index.ts";
import { temporaryFolder } from "../support/at-end.ts";
import { typed } from "../support/typed.ts";
import { bashCompletion } from "../../src/command-line/bash-completion.ts";
import { positions, valuedOptions } from "../../src/command-line/completions.ts";
import { zshCompletion } from "../../src/command-line/zsh-completion.ts";
import { shelf } from "./shelf.ts";

/** Where a person has pressed Tab, by shell: bash takes `--format=js` for three words. */
interface Pressed {
  readonly folder: string;
  readonly script: string;
  readonly words: readonly string[];
}

const shells = {
  bash: {
    script: bashCompletion,
    /** What bash would offer. What it is told of names (compopt) only a line that is being edited understands. */
    offers: ({ folder, script, words }: Pressed): string[] => {
      const split = words.flatMap((word) => (word.startsWith("--") ? word.split(/(?==)|(?<==)/) : [word]));
      const list = split.map(inQuotes).join(" ");
      return linesOf("bash", folder, [
        "--norc",
        "-c",
        `${script}
         compopt() { :; }
         COMP_WORDS=(${list}); COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))
         $(complete -p | sed -E 's/^complete -F (\\S+) .*$/\\1/')
         printf '%s\\n' "\${COMPREPLY[@]}"`,
      ]);
    },
  },
  zsh: {
    script: zshCompletion,
    /** What it asks zsh to offer: the completion system itself works only in a line that is being edited. */
    offers: ({ folder, script, words }: Pressed): string[] => {
      const current = words.at(-1) ?? "";
      return linesOf("zsh", folder, [
        "-f",
        "-c",
        `compdef() { completed=$1 }
         compset() { PREFIX="\${PREFIX#*=}" }
         _describe() { local word; for word in "\${(@P)2}"; do word="\${word%%:*}"; [[ $word == \${PREFIX}* ]] && print -r -- $word; done }
         _files() { local found; [[ $1 == -/ ]] && found=(\${PREFIX}*(N-/)) || found=(\${PREFIX}*(N)); print -rl -- $found }
         _message() { :; }
         ${script}
         words=(${words.map(inQuotes).join(" ")}); CURRENT=$#words; PREFIX=${inQuotes(current)}
         $completed || true`,
      ]);
    },
  },
};

function linesOf(shell: string, cwd: string, words: string[]): string[] {
  const out = execFileSync(shell, words, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  return out.split("\n").filter((line) => line !== "");
}

function inQuotes(word: string): string {
  return `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

function isThere(shell: string): boolean {
  try {
    execFileSync(shell, ["-c", ":"]);
    return true;
  } catch {
    return false;
  }
}

test("no word that is completed means anything to a shell", () => {
  for (const { words, options } of [...positions(program), ...positions(shelf)]) {
    for (const { word } of [...words, ...options]) assert.match(word, /^[\w-]+$/);
  }
  for (const { name, value } of valuedOptions(program)) {
    for (const word of [name, ...(value.choices ?? [])]) assert.match(word, /^[\w-]+$/);
  }
});

for (const [name, { script, offers }] of Object.entries(shells)) {
  const skip = isThere(name) ? false : `there is no ${name} on this machine`;
  const folderOfFiles = async (t: TestContext): Promise<string> => {
    const folder = await temporaryFolder(t);
    await mkdir(join(folder, "letters old"));
    await writeFile(join(folder, "letter one.json"), "");
    await writeFile(join(folder, "other.xml"), "");
    return folder;
  };

  test(
    `${name} completes commands, options, what an option can be, and files where they are wanted`,
    { skip },
    async (t) => {
      const folder = await folderOfFiles(t);
      const { printed, status } = await typed(["completion", name]);
      assert.equal(status, 0);
      assert.equal(printed, script(program));
      const press = (...words: string[]): string[] =>
        offers({ folder, script: printed, words: ["restante", ...words] });

      const commands = program.entries.map((entry) => entry.name);
      assert.deepEqual(press("").toSorted(), [...commands, "help"].toSorted());
      assert.deepEqual(press("p").toSorted(), ["pair", "practice"]);
      assert.deepEqual(press("sned", "x"), []);
      assert.deepEqual(press("-"), ["--help", "--version"]);
      assert.deepEqual(press("help", "se").toSorted(), ["send", "server"]);
      assert.deepEqual(press("completion", ""), ["bash", "zsh"]);

      for (const { entry, path } of everyEntry(program.entries)) {
        if (entry.kind === "group") continue;
        const options = Object.values(entry.options).map((option) => `--${option.name}`);
        assert.deepEqual(press(...path, "-").toSorted(), [...options, "--help"].toSorted());
      }
      assert.deepEqual(press("send", "--ke"), ["--keep-id"]);

      assert.deepEqual(press("check", "--format", ""), ["text", "json", "sarif", "html"]);
      assert.deepEqual(press("check", "--format", "s"), ["sarif"]);
      assert.deepEqual(press("check", "--format=s"), ["sarif"]);
      assert.deepEqual(press("check", "--format="), ["text", "json", "sarif", "html"]);
      assert.deepEqual(press("send", "--wait", ""), []);

      assert.deepEqual(press("send", "let").toSorted(), ["letter one.json", "letters old"]);
      assert.deepEqual(press("send", "--data", "").toSorted(), ["letters old"]);
      assert.deepEqual(press("check", "--ctl", "oth"), ["other.xml"]);
      assert.deepEqual(press("check", "other.xml", "--output=oth"), ["other.xml"]);
      assert.deepEqual(press("send", "--", "oth"), ["other.xml"]);
      assert.deepEqual(press("send", "--", "-"), []);
      assert.deepEqual(press("up", ""), []);
    },
  );

  test(`${name} completes verbs below verbs`, { skip }, async (t) => {
    const folder = await folderOfFiles(t);
    const press = (...words: string[]): string[] =>
      offers({ folder, script: script(shelf), words: ["sample", ...words] });
    assert.deepEqual(press("s"), ["shelf"]);
    assert.deepEqual(press("shelf", ""), ["add", "list"]);
    assert.deepEqual(press("shelf", "-"), ["--help"]);
    assert.deepEqual(press("help", "shelf", "l"), ["list"]);
    assert.deepEqual(press("shelf", "add", "-"), ["--colour", "--help"]);
    assert.deepEqual(press("shelf", "add", "--colour", "b"), ["blue"]);
    assert.deepEqual(press("shelf", "list", "add"), []);
    assert.deepEqual(press("lamp", ""), ["dim", "bulb"]);
    assert.deepEqual(press("lamp", "-"), ["--colour", "--help"]);
    assert.deepEqual(press("lamp", "bulb", ""), ["change"]);
    assert.deepEqual(press("help", "lamp", "d"), ["dim"]);
  });
}
