import { readFileSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { ensurePrivate, systemReason } from "@restante/durable";
import type { TextPlace } from "@restante/mesh";
import { type Finding, findProblems, inOrder, type Problem } from "@restante/settings";
import { type ClientFile, clientPart } from "../config/client-file.ts";
import type { PartSettings } from "../config/part.ts";
import { type ReadPartOptions, type ReadSettings, usablePart } from "../config/read-part.ts";
import { CliError } from "../errors.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { notTaken } from "./words.ts";
import { type ReadElement, type ReadElements, readCfgElements } from "./read-elements.ts";
import type { Put } from "./taking.ts";

/** A meshclient.cfg as settings of client.yaml, and what of it became which of them. */
export interface ReadCfg extends ReadElements {
  readonly settings: ReadSettings;
}

/** Far more than is read as XML. */
const MOST_BYTES = 100_000_000;

/**
 * Reads a meshclient.cfg as it is: MESH clients run by it as they would by the client.yaml that it is imported to.
 *
 * @throws CliError `file-unreadable`, DurableError `not-private`, SettingsError with every problem, by element and line
 */
export function readCfgPart(
  file: string,
  terminal: Pick<Terminal, "print">,
  options?: ReadPartOptions<ClientFile>,
): PartSettings<ClientFile> {
  const read = readCfg(file);
  const settings = usablePart(clientPart, read.settings, options);
  // It holds passwords.
  ensurePrivate(file);
  const otherwise = notTaken(read);
  if (otherwise !== undefined) terminal.print(`Of ${file}, ${otherwise} (docs/java-client.md)`);
  return settings;
}

/** @throws CliError `file-unreadable` */
export function readCfg(file: string): ReadCfg {
  const read = readCfgElements(readBytes(file), { folder: dirname(resolve(file)), platform: process.platform });
  const puts = read.elements.flatMap((element) => element.puts);
  const value = settingsOf(puts, file);
  const elementOf = elementsByPointer(read.elements);
  const problemOf = ({ pointer, words, at = pointer, other }: Finding): Problem => {
    const element = elementOf(at);
    if (element === undefined) return problem(file, pointer, words, undefined);
    const second = other === undefined ? undefined : elementOf(other);
    const also = second === undefined ? "" : ` ${second.name} (line ${second.place?.line})`;
    // What the Java client has no word for, as which key of a keystore: client.yaml has one.
    const isIts = element.puts.some((put) => put.pointer === at);
    const setting = isIts ? "" : `as ${at.slice(1).replaceAll("/", ".")} of client.yaml `;
    return problem(file, `/${element.name}`, setting + words + also, element.place);
  };
  const own = read.problems.map(({ pointer, words, place }) => problem(file, pointer, words, place));
  // What an element should be, its own row says. The schema adds what holds between them.
  const problems = own.length > 0 ? own : findProblems(clientPart.schema, value).map(problemOf);
  const secrets = puts.filter(({ isSecret }) => isSecret === true);
  const held = new Map(secrets.map(({ pointer, value: secret }) => [pointer, String(secret)]));
  return { ...read, settings: { name: file, value, problems: inOrder(problems), problemOf, held } };
}

function problem(file: string, pointer: string, words: string, place: TextPlace | undefined): Problem {
  return { file, pointer, words, ...(place !== undefined && { place }) };
}

/** Finds the element that became the setting at a pointer, or the nearest around it: of thousands of mailboxes each may be wrong. */
function elementsByPointer(elements: readonly ReadElement[]): (pointer: string) => ReadElement | undefined {
  const first = new Map<string, ReadElement>();
  const firstWithin = new Map<string, ReadElement>();
  for (const element of elements) {
    for (const { pointer } of element.puts) {
      if (!first.has(pointer)) first.set(pointer, element);
      for (const around of pointersAround(pointer)) if (!firstWithin.has(around)) firstWithin.set(around, element);
    }
  }
  return (pointer) => {
    for (const near of [pointer, ...pointersAround(pointer)]) {
      const found = first.get(near) ?? firstWithin.get(near);
      if (found !== undefined) return found;
    }
    return undefined;
  };
}

/** `/a/b` and `/a` around `/a/b/c`. */
function pointersAround(pointer: string): string[] {
  const names = pointer.split("/");
  return names.slice(2).map((_, index) => names.slice(0, names.length - 1 - index).join("/"));
}

/** As client.yaml has them. Of a secret it says that it is in this file. */
function settingsOf(puts: readonly Put[], file: string): object {
  const mailboxes: object[] = [];
  const settings = { mailboxes };
  for (const { pointer, value, isSecret } of puts) {
    const names = pointer.split("/").slice(1);
    const last = names.pop()!;
    let into = settings as Record<string, unknown>;
    for (const name of names) into = (into[name] ??= {}) as Record<string, unknown>;
    into[last] = isSecret === true ? { file: resolve(file) } : value;
  }
  return settings;
}

function readBytes(file: string): Uint8Array {
  try {
    const about = statSync(file);
    // Before it is opened: opening a pipe waits for its other end.
    if (!about.isFile() && !about.isDirectory()) throw new CliError("file-unreadable", `${file} is not a file`);
    if (about.size > MOST_BYTES) throw new CliError("file-unreadable", `${file} is no meshclient.cfg: it is too large`);
    return readFileSync(file);
  } catch (cause) {
    if (cause instanceof CliError) throw cause;
    throw new CliError("file-unreadable", `${file} cannot be read: ${systemReason(cause)}`, { cause });
  }
}
