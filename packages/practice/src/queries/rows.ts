import type { SQLOutputValue } from "node:sqlite";

/** A row as node:sqlite gives it. Columns are read by what schema.ts says they hold. */
export type Row = Record<string, SQLOutputValue>;

export function text(row: Row, column: string): string {
  return row[column] as string;
}

export function optionalText(row: Row, column: string): string | undefined {
  return (row[column] as string | null) ?? undefined;
}

export function number(row: Row, column: string): number {
  return row[column] as number;
}

export function time(row: Row, column: string): Date {
  return new Date(text(row, column));
}

export function optionalTime(row: Row, column: string): Date | undefined {
  const at = optionalText(row, column);
  return at === undefined ? undefined : new Date(at);
}

/** What schema.ts says was stored there. */
export function json(row: Row, column: string): unknown {
  return JSON.parse(text(row, column));
}

/** Leaves out what is undefined, so that an optional property is absent. */
export function present<Value extends object>(value: Value): { [Key in keyof Value]: Exclude<Value[Key], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, entry]) => entry !== undefined)) as never;
}
