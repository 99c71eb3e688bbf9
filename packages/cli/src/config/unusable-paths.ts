import { hasControlCharacter } from "@restante/mesh";
import { type Find, type Finding, textsAt } from "@restante/settings";
import type { Part } from "./part.ts";

/** A log would be written behind what is there: into the settings themselves, a key, or the patients. Paths are absolute by now. */
export function logInItsPlace(
  { paths, secrets }: Pick<Part<unknown>, "paths" | "secrets">,
  find: Find,
  settings: string,
): Finding[] {
  const [log] = textsAt(find, ["/log"]);
  if (log === undefined) return [];
  const read = [...paths.filter((path) => path !== "/log"), ...secrets.map((secret) => `${secret}/file`)];
  const isTaken = log.value === settings || textsAt(find, read).some(({ value }) => value === log.value);
  return isTaken ? [{ pointer: "/log", words: "must be a file of its own: this one is read, not written" }] : [];
}

/** What is wrong with the paths of settings, as they are written. */
export function unusablePaths({ paths, secrets }: Pick<Part<unknown>, "paths" | "secrets">, find: Find): Finding[] {
  return textsAt(find, [...paths, ...secrets.map((secret) => `${secret}/file`)]).flatMap(({ pointer, value }) => {
    const words = wrongWithPath(value);
    return words === undefined ? [] : [{ pointer, words }];
  });
}

/**
 * Why a path names something else than whoever wrote it means. A shell would have put a folder in the place of `~` and
 * `$HOME`; here a folder of that name would be made, and patients' letters kept in it.
 */
export function wrongWithPath(path: string): string | undefined {
  if (hasControlCharacter(path)) return "must be a path, without line breaks and the like";
  if (!/^[~$]/.test(path)) return undefined;
  return "must be a path as it is: ~ and $ stand for nothing here (./~ and ./$ are names that begin so)";
}
