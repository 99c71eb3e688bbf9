import { type Directory, DirectoryError, readDirectory } from "@restante/demographics";
import { type Find, type Finding, textsAt } from "@restante/settings";
import { CliError } from "../errors.ts";
import { readGivenText } from "./given-text.ts";
import type { Part } from "./part.ts";
import type { DirectorySettings } from "./shared-properties.ts";

/** What came of reading the embedded directory that settings name: it, or what is wrong with the settings, or with its files. */
export interface NamedDirectory {
  readonly directory?: Directory;
  readonly findings?: readonly Finding[];
  readonly error?: DirectoryError;
}

/** Reads the embedded directory whose files, absolute by now, settings name. */
export function readNamedDirectory({ directory: at }: Pick<Part<unknown>, "directory">, find: Find): NamedDirectory {
  if (at === undefined) return {};
  const texts = new Map<string, string>();
  const findings: Finding[] = [];
  for (const { pointer, value: path } of textsAt(find, [`${at}/patients`, `${at}/organisations`])) {
    try {
      texts.set(path, readGivenText(path));
    } catch (error) {
      if (!(error instanceof CliError)) throw error;
      findings.push({ pointer, words: `names a file that cannot be used: ${error.message}` });
    }
  }
  const [names] = find(at).map(({ value }) => value as Partial<DirectorySettings>);
  const patients = texts.get(names?.patients ?? "");
  const organisations = texts.get(names?.organisations ?? "");
  if (patients === undefined || organisations === undefined) return { findings };
  try {
    return { directory: readDirectory({ patients, organisations, names: names as DirectorySettings }) };
  } catch (error) {
    if (!(error instanceof DirectoryError)) throw error;
    return { error };
  }
}
