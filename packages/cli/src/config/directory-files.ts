import { type Directory, readDirectory } from "@restante/demographics";
import { readGivenText } from "./given-text.ts";
import type { DirectorySettings } from "./shared-properties.ts";

/**
 * The embedded directory.
 *
 * @throws CliError `file-unreadable`, DirectoryError with every problem of both files
 */
export function readDirectoryFiles(names: DirectorySettings): Directory {
  const { patients, organisations } = names;
  return readDirectory({ patients: readGivenText(patients), organisations: readGivenText(organisations), names });
}
