import { hasControlCharacter } from "@restante/mesh";
import { readPrivateText, Unreadable } from "../config/named-file.ts";
import { CliError } from "../errors.ts";
import { readInput } from "../terminal/read-input.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { typeUnseen } from "../terminal/type-unseen.ts";

/** No password is longer. */
const mostBytes = 4096;

/**
 * A new password: of a file that nobody but its owner may open, typed twice without being shown, or given by another program.
 * Never an argument, which every user of a machine sees.
 */
export async function givenPassword(file: string | undefined, whose: string, terminal: Terminal): Promise<string> {
  if (file !== undefined) return onOneLine(textOf(file), file);
  if (terminal.input.isTTY) return typedTwice(whose, terminal);
  return onOneLine(await allOf(terminal), "standard input");
}

function textOf(file: string): string {
  try {
    return readPrivateText(file);
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    throw new CliError("file-unreadable", `--password-file ${error.message}`, { cause: error });
  }
}

async function allOf({ input, stop }: Terminal): Promise<string> {
  let text = "";
  for await (const piece of readInput(input, stop)) {
    text += piece;
    if (text.length > mostBytes) throw refused("what standard input gives is no password: it is too long");
  }
  // What came until then may be a part of it.
  if (stop.aborted) throw refused("the command was stopped");
  return text;
}

function onOneLine(text: string, where: string): string {
  const password = text.replace(/\r?\n$/, "");
  if (password === "") {
    throw refused(`there is no password in ${where}: type it at a terminal, or give it by --password-file FILE`);
  }
  if (hasControlCharacter(password)) throw refused(`what ${where} gives is no password: it is one line, and no more`);
  return password;
}

async function typedTwice(whose: string, { input, complain, stop }: Terminal): Promise<string> {
  await using typing = typeUnseen(input, stop);
  complain(`Password of ${whose}, at least 12 characters (it is not shown):`);
  const first = await typing.lines.next();
  if (first.done === true) throw refused("no password was typed");
  complain("The same once more:");
  const second = await typing.lines.next();
  if (second.done === true) throw refused("no password was typed");
  if (second.value !== first.value) throw refused("the two are not the same");
  return first.value;
}

function refused(words: string): CliError {
  return new CliError("input-unreadable", `${words}; nothing was done`);
}
