import { dirname, resolve } from "node:path";
import type { Directory } from "@restante/demographics";
import {
  type Finding,
  findIn,
  inOrder,
  lookThrough,
  type Problem,
  problemAt,
  SettingsError,
  type SettingsText,
  withDefaults,
} from "@restante/settings";
import { readGivenText } from "./given-text.ts";
import { readNamedDirectory } from "./named-directory.ts";
import { type Environment, readNamedTexts } from "./named-texts.ts";
import type { Part, PartSettings } from "./part.ts";
import { logInItsPlace, unusablePaths } from "./unusable-paths.ts";

export interface ReadPartOptions<File> {
  /** Where secrets may be. The process's if absent. */
  readonly environment?: Environment;
  /** What is given beside the file, and goes before it. */
  readonly override?: (file: File) => File;
  /** What the files of the embedded directory hold, where they have been read already: they may be large. */
  readonly directory?: Directory;
}

/**
 * Reads a part's file of settings, and all that it names: secrets, certificates, patients and organisations.
 *
 * @throws CliError `file-unreadable`, SettingsError with every problem of the file and of what it names, DirectoryError
 *   with every problem of patients and organisations
 */
export function readPart<File>(
  part: Part<File>,
  path: string,
  options: ReadPartOptions<File> = {},
): PartSettings<File> {
  return readPartText(part, { name: path, text: readGivenText(path) }, options);
}

/** As readPart, of a text that is or would be in the file of that name. */
export function readPartText<File>(
  part: Part<File>,
  written: SettingsText,
  options: ReadPartOptions<File> = {},
): PartSettings<File> {
  const { name } = written;
  const { value, placeOf, problems } = lookThrough(written, part.schema);
  const problemOf = (finding: Finding): Problem => problemAt(name, placeOf, finding);
  return usablePart(part, { name, value, problems, problemOf }, options);
}

/** Settings as they were read, in whichever words they were written. */
export interface ReadSettings {
  /** The file, as the person named it. */
  readonly name: string;
  /** As the part's schema has them, if there are no problems. */
  readonly value: unknown;
  readonly problems: readonly Problem[];
  /** What is found wrong with them later, at its place. */
  readonly problemOf: (finding: Finding) => Problem;
  /** Secrets that stood in the file itself, by where the settings name them. */
  readonly held?: ReadonlyMap<string, string>;
}

/** As readPart, of settings that have been read: with all that they name. */
export function usablePart<File>(
  part: Part<File>,
  { name, value, problems, problemOf, held }: ReadSettings,
  options: ReadPartOptions<File> = {},
): PartSettings<File> {
  const { environment = process.env, override = (file) => file } = options;
  if (typeof value !== "object" || value === null) throw new SettingsError("The settings", problems);
  // Where something is wrong, a default may not fit beside it.
  const whole = problems.length > 0 ? value : override(withDefaults(part.schema, value as File));
  const file = withAbsolutePaths(whole, part, dirname(resolve(name)));
  const find = findIn(file);
  const { texts, findings } = readNamedTexts(part, find, environment, held);
  const named = options.directory === undefined ? readNamedDirectory(part, find) : { directory: options.directory };
  const misnamed = [...unusablePaths(part, findIn(whole)), ...logInItsPlace(part, find, resolve(name))];
  // What a path that names something else leads to is of no interest.
  const unnamed = [...findings, ...(named.findings ?? [])].filter(
    (finding) => !misnamed.some(({ pointer }) => pointer === finding.pointer || pointer === `${finding.pointer}/file`),
  );
  const all = [...problems, ...[...misnamed, ...unnamed].map(problemOf)];
  if (all.length > 0) throw new SettingsError("The settings", inOrder(all));
  if (named.error !== undefined) throw named.error;
  return {
    file: file as File,
    text: (pointer) => given(texts.get(pointer)),
    texts,
    directory: () => given(named.directory),
  };
}

/** A part asks for what its settings name, and for nothing else. */
function given<Named>(named: Named | undefined): Named {
  if (named === undefined) throw new Error("the settings name no such file");
  return named;
}

function withAbsolutePaths(value: unknown, { paths, secrets }: Part<unknown>, folder: string): unknown {
  const patterns = [...paths, ...secrets.map((secret) => `${secret}/file`)];
  return patterns.reduce<unknown>(
    (whole, pattern) => mapAt(whole, pattern.split("/").slice(1), (path) => resolve(folder, path)),
    value,
  );
}

/** The value with each text that a pattern leads to put through `map`. */
function mapAt(value: unknown, [name, ...rest]: readonly string[], map: (text: string) => string): unknown {
  if (name === undefined) return typeof value === "string" && value !== "" ? map(value) : value;
  if (Array.isArray(value)) return name === "*" ? value.map((item: unknown) => mapAt(item, rest, map)) : value;
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return value;
  return { ...value, [name]: mapAt((value as Readonly<Record<string, unknown>>)[name], rest, map) };
}
