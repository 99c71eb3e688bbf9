import { readFileSync, realpathSync, statSync } from "node:fs";
import { createSecureContext } from "node:tls";
import { DurableError, ensurePrivate, systemReason } from "@restante/durable";
import { hasControlCharacter } from "@restante/mesh";
import { type Find, type Finding, type Found } from "@restante/settings";
import type { Part } from "./part.ts";
import type { SecretSource } from "./secret.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/** No secret and no chain of certificates is longer; the file of a whole economy's passwords may be. */
const MOST_BYTES = 16_000_000;

/**
 * Reads the secrets and certificates that settings name, whose paths are absolute by now. What cannot be had is told by
 * where the settings name it, all of it at once, and also where other settings are wrong: what has not the shape of a
 * secret is passed over, as the schema has told it.
 *
 * No problem tells what is in such a file, nor the name of a variable, in whose place somebody may have put the secret.
 */
export function readNamedTexts(
  { secrets, tls }: Pick<Part<unknown>, "secrets" | "tls">,
  find: Find,
  environment: Environment,
): { texts: ReadonlyMap<string, string>; findings: Finding[] } {
  const texts = new Map<string, string>();
  const findings: Finding[] = [];
  const attempt = (pointer: string, read: () => string): void => {
    try {
      texts.set(pointer, read());
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      findings.push({ pointer, words: error.message });
    }
  };
  // One file may hold many of the secrets.
  const files = new Map<string, string>();
  const once = (path: string): string => {
    const text = files.get(path) ?? readPrivate(path);
    files.set(path, text);
    return text;
  };
  for (const { pointer, value } of secrets.flatMap(find)) {
    if (isSecretSource(value)) attempt(pointer, () => readSecret(value, environment, once));
  }
  for (const found of tls.flatMap(find)) {
    const names = pathsOf(found);
    for (const [name, path] of names) {
      attempt(`${found.pointer}/${name}`, () => (name === "key" ? readPrivate(path) : readFile(path)));
    }
    findings.push(...unfit(found.pointer, texts));
  }
  return { texts, findings };
}

/** Why a text cannot be had, to be told of the setting that names it. */
class Unreadable extends Error {}

function isSecretSource(value: unknown): value is SecretSource {
  if (typeof value !== "object" || value === null) return false;
  const { file, env, pointer } = value as Record<string, unknown>;
  const isText = (given: unknown): boolean => typeof given === "string" && given !== "";
  return (isText(file) ? env === undefined : isText(env)) && (pointer === undefined || isText(pointer));
}

function readSecret(
  { file, pointer, env }: SecretSource,
  environment: Environment,
  read: (path: string) => string,
): string {
  if (env !== undefined) {
    const value = environment[env];
    if (value === undefined || value === "") throw new Unreadable("names an environment variable that is not set");
    return asMeant(value);
  }
  const text = read(file!);
  const secret = pointer === undefined ? text.replace(/\r?\n$/, "") : valueAt(text, pointer);
  if (typeof secret === "string" && secret.trim() !== "") return asMeant(secret);
  throw new Unreadable(`names nothing: ${file!} has no text ${pointer === undefined ? "in it" : "at that pointer"}`);
}

/** A space or a line too many would be told by the server's refusal of every token, of which nobody would know why. */
function asMeant(secret: string): string {
  if (secret === secret.trim() && !hasControlCharacter(secret)) return secret;
  throw new Unreadable("names a secret with a space or a line break before or behind it, or a control character in it");
}

/** RFC 6901, clause 4. */
function valueAt(text: string, pointer: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  for (const name of pointer.split("/").slice(1)) {
    const key = name.replaceAll("~1", "/").replaceAll("~0", "~");
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[key];
  }
  return value;
}

function readPrivate(path: string): string {
  const text = readFile(path);
  try {
    // A secret that is mounted is often reached by a link, whose own mode says nothing.
    ensurePrivate(realpathSync(path));
  } catch (error) {
    if (error instanceof DurableError) throw new Unreadable(`cannot be used: ${error.message}`, { cause: error });
    throw error;
  }
  return text;
}

function readFile(path: string): string {
  try {
    const about = statSync(path);
    if (!about.isFile()) throw new Unreadable(`names ${path}, which is not a file`);
    if (about.size > MOST_BYTES) throw new Unreadable(`names ${path}, which is too large`);
    return new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(path));
  } catch (error) {
    if (error instanceof Unreadable) throw error;
    if ((error as NodeJS.ErrnoException).code === "ERR_ENCODING_INVALID_ENCODED_DATA") {
      throw new Unreadable(`names ${path}, which is not text in UTF-8: save it as UTF-8`, { cause: error });
    }
    throw new Unreadable(`names ${path}, which cannot be read: ${systemReason(error)}`, { cause: error });
  }
}

function pathsOf({ value }: Found): [string, string][] {
  if (typeof value !== "object" || value === null) return [];
  return ["key", "cert", "ca"].flatMap((name): [string, string][] => {
    const path = (value as Readonly<Record<string, unknown>>)[name];
    return typeof path === "string" && path !== "" ? [[name, path]] : [];
  });
}

/** That a key is not its certificate's would be told by the first connection, of which nobody would know why. */
function unfit(pointer: string, texts: ReadonlyMap<string, string>): Finding[] {
  const [key, cert, ca] = ["key", "cert", "ca"].map((name) => texts.get(`${pointer}/${name}`));
  if (key === undefined || cert === undefined || ca === undefined) return [];
  try {
    createSecureContext({ key, cert, ca });
    return [];
  } catch {
    return [{ pointer, words: "cannot be used: its files are not PEM, or the key is not the certificate's" }];
  }
}
