import { hasControlCharacter } from "@restante/mesh";
import type { Find, Finding } from "@restante/settings";
import { readNamedFile, readPrivateFile, readPrivateText, Unreadable } from "./named-file.ts";
import { type NamedBytes, readTls } from "./named-tls.ts";
import type { Part } from "./part.ts";
import type { SecretSource } from "./secret.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads the secrets and certificates that settings name, whose paths are absolute by now. What cannot be had is told by
 * where the settings name it, all of it at once, and also where other settings are wrong: what has not the shape of a
 * secret is passed over, as the schema has told it.
 *
 * @param held secrets that stood beside the settings, by where those name them
 *
 * No problem tells what is in such a file, nor the name of a variable, in whose place somebody may have put the secret.
 */
export function readNamedTexts(
  { secrets, tls }: Pick<Part<unknown>, "secrets" | "tls">,
  find: Find,
  environment: Environment,
  held: ReadonlyMap<string, string> = new Map(),
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
    const text = files.get(path) ?? readPrivateText(path);
    files.set(path, text);
    return text;
  };
  for (const { pointer, value } of secrets.flatMap(find)) {
    const given = held.get(pointer);
    if (given !== undefined) attempt(pointer, () => asMeant(given));
    else if (isSecretSource(value)) attempt(pointer, () => readSecret(value, environment, once));
  }
  for (const pattern of tls) {
    const takesPasswords = secrets.includes(`${pattern}/keyPassword`);
    for (const { pointer, value } of find(pattern)) {
      if (typeof value !== "object" || value === null) continue;
      const read = readTls(
        pointer,
        { ...value },
        {
          bytes: (source, isPrivate) => bytesOf(source, isPrivate, environment),
          password: (name) => texts.get(`${pointer}/${name}`),
          takesPasswords,
        },
      );
      for (const [name, text] of Object.entries(read.texts)) texts.set(`${pointer}/${name}`, text);
      findings.push(...read.findings);
    }
  }
  return { texts, findings };
}

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

/** A file by its path, or what an environment variable holds; undefined of what is neither, as the schema has told. */
function bytesOf(source: unknown, isPrivate: boolean, environment: Environment): NamedBytes | undefined {
  if (typeof source === "string" && source !== "") {
    return { bytes: isPrivate ? readPrivateFile(source) : readNamedFile(source), name: source };
  }
  if (typeof source !== "object" || source === null || !("env" in source)) return undefined;
  const value = environment[String(source.env)];
  if (value === undefined || value === "") throw new Unreadable("names an environment variable that is not set");
  return { bytes: Buffer.from(value), name: "an environment variable" };
}
