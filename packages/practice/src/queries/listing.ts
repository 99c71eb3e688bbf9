import type { DatabaseSync } from "node:sqlite";
import { PracticeError } from "../errors.ts";
import type { ListOf, ListPage, TextQuery } from "../lists.ts";
import { tallyOf } from "./counts.ts";
import { number, type Row } from "./rows.ts";
import { direction, type Found, foundBy, type Words } from "./search.ts";

/** A page is turned past what lies before it, an entry of an index at a time, and nobody turns so many pages. */
const deepest = 100_000;
const largestPage = 1000;
export const defaultPage: ListPage = { number: 1, size: 100 };

/** One list of things, told by what needs no thing to be read: an index that has its ids in order, and what counts it. */
export interface ListPlan {
  /** The column with the ids, which grow with time. */
  id: string;
  /** What follows FROM: of what, and which. Ends in a condition. */
  from: string;
  /** What it is asked with, by the names in it. */
  values?: Readonly<Record<string, string>>;
  /** The names in the tally whose sum is how many there are. Absent: they are counted, in their index. */
  tally?: readonly string[];
}

/** What a page of a list holds, before any of it is read. */
export interface ListedIds {
  ids: number[];
  total: number;
  cutOff?: true;
}

/**
 * The ids of one page. Of the things themselves as many are read as are shown, however deep the page lies.
 *
 * @throws PracticeError "page-out-of-range", "search-too-long"
 */
export function listIds(
  database: DatabaseSync,
  plan: ListPlan,
  words: Words,
  { query, sort = "newest", page = defaultPage }: ListOf<TextQuery>,
): ListedIds {
  const { from, size } = rangeOf(page);
  const found = foundBy(database, words, query?.text, sort);
  if (found !== undefined) return amongFound(database, plan, found, { from, size });
  const rows = database
    .prepare(
      `SELECT ${plan.id} AS id FROM ${plan.from} ORDER BY ${plan.id} ${direction[sort]} LIMIT :size OFFSET :from`,
    )
    .all({ ...plan.values, size, from });
  return { ids: rows.map((row) => number(row, "id")), total: totalOf(database, plan) };
}

/**
 * What is read of the things of a page, in the order of their ids, by one statement. One for each id would be planned anew for
 * each: SQLite looks at what is bound to `id = ?` where a table has indexes of a part of it.
 *
 * @param of the columns; of which tables, joined in order; and the column, behind further conditions, that has the id
 */
export function readListed(
  database: DatabaseSync,
  ids: readonly number[],
  { columns, from, id }: { columns: string; from: string; id: string },
): Row[] {
  const all = `SELECT ${columns} FROM json_each(?) AS listed CROSS JOIN ${from} WHERE ${id} = listed.value ORDER BY listed.key`;
  return database.prepare(all).all(JSON.stringify(ids));
}

function totalOf(database: DatabaseSync, { tally, from, values = {} }: ListPlan): number {
  if (tally === undefined) {
    return number(database.prepare(`SELECT count(*) AS amount FROM ${from}`).get(values) ?? {}, "amount");
  }
  const amount = tallyOf(database);
  return tally.reduce((sum, name) => sum + amount(name), 0);
}

function amongFound(
  database: DatabaseSync,
  plan: ListPlan,
  { ids, cutOff }: Found,
  { from, size }: { from: number; size: number },
): ListedIds {
  const listed = database.prepare(`SELECT 1 FROM ${plan.from} AND ${plan.id} = :id`);
  const all = ids.filter((id) => listed.get({ ...plan.values, id }) !== undefined);
  return { ids: all.slice(from, from + size), total: all.length, ...(cutOff && { cutOff: true }) };
}

/** @throws PracticeError "page-out-of-range" */
export function rangeOf({ number: page, size }: ListPage): { from: number; size: number } {
  const whole = Number.isInteger(page) && Number.isInteger(size);
  if (!whole || page < 1 || size < 1 || size > largestPage || page * size > deepest) {
    throw new PracticeError(
      "page-out-of-range",
      `A page has 1 to ${largestPage} items, and a list can be turned ${deepest} items deep from either end.`,
    );
  }
  return { from: (page - 1) * size, size };
}
