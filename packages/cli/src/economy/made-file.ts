import { createHash } from "node:crypto";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { makeFolder, moveFile, writeWhole } from "@restante/durable";
import { LONGEST_YAML, writeSettings } from "@restante/settings";
import { readGivenText } from "../config/given-text.ts";
import { CliError } from "../errors.ts";

// The files of settings that an economy makes for its parts. Each ends its comment with a checksum of what is below it, so
// that a later start knows whether it is still as it was made, or somebody changed it. What a person wrote is never written
// over: it is kept beside, and told.

/** Told of a file that was there, and of where it is kept. */
export type TellOfKept = (kept: {
  readonly file: string;
  readonly as: string;
  readonly why: "changed" | "gone";
}) => void;

const CHECKSUM = "# Made with checksum ";

/** The file of a part. That of a server of some thousand mailboxes is JSON, which is read at any size and has no comment. */
export function madeFile(part: string, value: object, comment: readonly string[]): { name: string; text: string } {
  const above = comment.map((line) => `#${line === "" ? "" : ` ${line}`}\n`).join("");
  const body = writeSettings(value);
  const text = `${above}${CHECKSUM}${checksum(body)}\n${body}`;
  if (text.length <= LONGEST_YAML) return { name: `${part}.yaml`, text };
  return { name: `${part}.json`, text: `${JSON.stringify(value, undefined, 2)}\n` };
}

function checksum(body: string): string {
  return createHash("sha256").update(body).digest("hex").slice(0, 16);
}

function isAsMade(text: string): boolean {
  const at = text.indexOf(`\n${CHECKSUM}`) + 1;
  const end = text.indexOf("\n", at);
  return at > 0 && text.slice(at, end) === `${CHECKSUM}${checksum(text.slice(end + 1))}`;
}

/** Has the file say this, and nothing else. What says it already is not written again: a part must be able to start on a full disk. */
export async function keepMade(folder: string, name: string, text: string, tell: TellOfKept): Promise<void> {
  const file = join(folder, name);
  const before = existsSync(file) ? readable(file) : undefined;
  if (before === text) return;
  await makeFolder(folder);
  if (before !== undefined && name.endsWith(".yaml") && !isAsMade(before)) await keep(folder, name, "changed", tell);
  await writeWhole(folder, name, text);
}

/** Nobody is to take a file for that of a part that there is no more. */
export async function putAside(folder: string, isGone: (name: string) => boolean, tell: TellOfKept): Promise<void> {
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder).filter(isGone)) await keep(folder, name, "gone", tell);
}

async function keep(folder: string, name: string, why: "changed" | "gone", tell: TellOfKept): Promise<void> {
  for (let count = 1; ; count += 1) {
    const as = join(folder, `${name}.${why}${count === 1 ? "" : `-${count}`}`);
    if (existsSync(as)) continue;
    await moveFile(join(folder, name), as);
    tell({ file: join(folder, name), as, why });
    return;
  }
}

/** A file in another encoding was saved by a person. */
function readable(file: string): string {
  try {
    return readGivenText(file);
  } catch (error) {
    if (error instanceof CliError) return "";
    throw error;
  }
}
