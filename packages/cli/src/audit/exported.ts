import type { SealedRow } from "@restante/web";

/** One JSON document with a row on each line, in pieces. */
export function* rowsAsJson(rows: Iterable<SealedRow>): Generator<string> {
  yield '{"formatVersion":1,"rows":[';
  let between = "\n";
  for (const row of rows) {
    yield between + JSON.stringify(row);
    between = ",\n";
  }
  yield "\n]}\n";
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

/** A row that somebody put in may say anything: a spreadsheet must not take it for a formula, nor for another cell. */
function cellOf(text: string): string {
  const plain = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}
