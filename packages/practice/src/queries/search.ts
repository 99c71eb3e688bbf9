import type { DatabaseSync } from "node:sqlite";
import { isNhsNumber } from "@restante/mesh";
import { PracticeError } from "../errors.ts";
import type { ListSort } from "../lists.ts";
import { plainLetters } from "../store/migrations/task-facets.ts";
import { number } from "./rows.ts";
import { datesIn } from "./search-dates.ts";

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
  const match = matchOf(text);
  if (match === undefined) return undefined;
  if (match === "") return { ids: [], cutOff: false };
  const ids = database
    .prepare(`SELECT rowid AS id FROM ${table} WHERE ${table} MATCH ? ORDER BY rowid ${direction[sort]} LIMIT ?`)
    .all(match, mostFound + 1)
    .map((row) => number(row, "id"));
  return { ids: ids.slice(0, mostFound), cutOff: ids.length > mostFound };
}

/**
 * A text as the index of words is asked for it: each word, or one that begins so; a date as it is written, or of birth. Empty:
 * there is no letter or figure in it, and nothing has that. Undefined: there is no text to search for.
 *
 * @throws PracticeError "search-too-long"
 */
export function matchOf(text: string | undefined): string | undefined {
  if (text === undefined || text.trim() === "") return undefined;
  const tooLong = (): PracticeError =>
    new PracticeError(
      "search-too-long",
      `At most ${mostWords} words, of ${longestText} characters in all, can be searched for.`,
    );
  if (text.length > longestText) throw tooLong();
  const { dates, rest } = datesIn(joinNumbers(text.normalize("NFC").replaceAll(/\s+/g, " ")));
  const asked = new Set([
    ...dates.map(({ written, word }) => `("${wordsIn(written).join(" ")}" OR "${word}"*)`),
    ...wordsIn(rest).map(askedFor),
  ]);
  if (asked.size > mostWords) throw tooLong();
  return [...asked].join(" AND ");
}

/** Letters and figures alone: nothing that a person types is an operator of the search. */
function wordsIn(text: string): string[] {
  return text.match(/[\p{L}\p{N}][\p{L}\p{N}\p{M}]*/gu) ?? [];
}

/** As it is typed, or with plain letters: the index of tasks has those. */
function askedFor(word: string): string {
  const plain = plainLetters.reduce((all, [letter, as]) => all.replaceAll(letter, as), word.toLowerCase());
  return plain === word.toLowerCase() ? `"${word}"*` : `("${word}"* OR "${plain}"*)`;
}

/** An NHS number as it is mostly written, in 3, 3 and 4 figures, or with spaces elsewhere where it is one. */
function joinNumbers(text: string): string {
  return text
    .replaceAll(/(?<!\d)(\d{3})[\s-](\d{3})[\s-](\d{4})(?!\d)/g, "$1$2$3")
    .replaceAll(/(?<![\d-])\d(?: ?\d){9}(?![\d-])/g, (written) => {
      const joined = written.replaceAll(" ", "");
      return isNhsNumber(joined) ? joined : written;
    });
}
