import type { TextFormat } from "@restante/settings";

const DAY = "^\\d{4}-\\d{2}-\\d{2}$";

/** `yyyy-mm-dd`, a day that exists. */
export function isDay(text: string): boolean {
  if (!new RegExp(DAY).test(text)) return false;
  const at = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text);
}

export const dayFormat: TextFormat = {
  name: "day",
  accepts: isDay,
  pattern: DAY,
  problem: "must be a day, such as 2026-01-31",
};

/** A day, or as much of it as is known: `1950-04` or `1950`. */
export const partialDayFormat: TextFormat = {
  name: "partial-day",
  accepts: (text) => isDay(`${text}-01-01`.slice(0, 10)) && /^\d{4}(-\d\d){0,2}$/.test(text),
  pattern: "^\\d{4}(-\\d\\d){0,2}$",
  problem: "must be a day or a part of one, such as 2026-01-31, 2026-01 or 2026",
};

const agoMs = { day: 86_400_000, week: 7 * 86_400_000, month: 30 * 86_400_000, year: 365 * 86_400_000 };
const ago = /^(\d{1,3}) (day|week|month|year)s? ago$/;

/** A day, or a time before now in words (`2 months ago`), so that an example stays recent. */
export const dayOrAgoFormat: TextFormat = {
  name: "day-or-ago",
  accepts: (text) => isDay(text) || ago.test(text),
  pattern: `${DAY}|${ago.source}`,
  problem: "must be a day, such as 2026-01-31, or a time before now, such as 2 months ago",
};

/** The day that a text of {@link dayOrAgoFormat} means. */
export function dayMeant(text: string, now: Date): string {
  const [, count, unit] = ago.exec(text) ?? [];
  if (unit === undefined) return text;
  const sinceMs = Number(count) * agoMs[unit as keyof typeof agoMs];
  return new Date(now.getTime() - sinceMs).toISOString().slice(0, 10);
}
