import type { SealedRow } from "@restante/web";
import { visible } from "../check/words.ts";

/** One JSON document with a row on each line, in pieces. */
export function* rowsAsJson(rows: Iterable<SealedRow>): Generator<string> {
  yield '{"formatVersion":1,"rows":[';
  let between = "\n";
  for (const row of rows) {
    yield between + inPlainSigns(JSON.stringify(row));
    between = ",\n";
  }
  yield "\n]}\n";
}

/** What JSON leaves as it is, and a terminal may obey: the controls above U+007E, and what turns the direction of writing. */
function inPlainSigns(json: string): string {
  return json.replaceAll(/[\u007F-\u009F]|\p{Cf}/gu, (sign) =>
    Array.from({ length: sign.length }, (_, at) => `\\u${sign.charCodeAt(at).toString(16).padStart(4, "0")}`).join(""),
  );
}

const columns = ["sequence", "at", "actor", "session", "source", "act", "outcome", "subjects", "seal"] as const;

/** RFC 4180, with the names of the columns first; the subjects of a row stand with spaces between. */
export function* rowsAsCsv(rows: Iterable<SealedRow>): Generator<string> {
  yield `${columns.join(",")}\r\n`;
  for (const row of rows) {
    const { at, subjects } = row;
    const said = { ...row, at: at.toISOString(), subjects: subjects.join(" ") };
    yield `${columns.map((column) => cellOf(String(said[column] ?? ""))).join(",")}\r\n`;
  }
}

/**
 * A row that somebody put in may say anything: a spreadsheet must not take it for a formula, nor for another cell, and a terminal
 * must not obey it.
 */
function cellOf(text: string): string {
  const shown = visible(text);
  const plain = /^[=+\-@＝＋－＠]/.test(shown) ? `'${shown}` : shown;
  return /[",]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}
