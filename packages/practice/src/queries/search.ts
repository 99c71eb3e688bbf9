import type { DatabaseSync } from "node:sqlite";
import { PracticeError } from "../errors.ts";
import type { ListSort } from "../lists.ts";
import { number } from "./rows.ts";

/** The words of tasks, reports or strays, by the same id: see schema.ts. */
export type Words = "task_words" | "report_words" | "stray_words";

/** Ids grow with time. */
export const direction: Readonly<Record<ListSort, "DESC" | "ASC">> = { newest: "DESC", oldest: "ASC" };

/** In characters. */
const longestText = 200;
/** Each is looked up by itself, and costs the more the more have it. */
const mostWords = 10;
/** So many that have the words are looked at, however many there are. */
const mostFound = 2000;

/** In the order asked for. */
export interface Found {
  ids: number[];
  /** There are more that have the words. */
  cutOff: boolean;
}

/**
 * What has the words of a text. Undefined: there is no text to search for.
 *
 * @throws PracticeError "search-too-long"
 */
export function foundBy(
  database: DatabaseSync,
  table: Words,
  text: string | undefined,
  sort: ListSort,
): Found | undefined {
  if (text === undefined || text.trim() === "") return undefined;
  const words = wordsOf(text);
  if (words.length === 0) return { ids: [], cutOff: false };
  const ids = database
    .prepare(`SELECT rowid AS id FROM ${table} WHERE ${table} MATCH ? ORDER BY rowid ${direction[sort]} LIMIT ?`)
    .all(words.map((word) => `"${word}"*`).join(" "), mostFound + 1)
    .map((row) => number(row, "id"));
  return { ids: ids.slice(0, mostFound), cutOff: ids.length > mostFound };
}

/** Letters and figures alone: nothing that a person types is an operator of the search. */
function wordsOf(text: string): string[] {
  const tooLong = (): PracticeError =>
    new PracticeError(
      "search-too-long",
      `At most ${mostWords} words, of ${longestText} characters in all, can be searched for.`,
    );
  if (text.length > longestText) throw tooLong();
  // An NHS number as it is mostly written: 3, 3 and 4 figures.
  const joined = text.replaceAll(/(?<!\d)(\d{3})[\s-](\d{3})[\s-](\d{4})(?!\d)/g, "$1$2$3");
  const words = new Set(joined.match(/[\p{L}\p{N}][\p{L}\p{N}\p{M}]*/gu));
  if (words.size > mostWords) throw tooLong();
  return [...words];
}
