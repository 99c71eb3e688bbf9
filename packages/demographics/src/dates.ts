import { type Read, problem } from "./json-place.ts";

/** `yyyy-mm-dd`, a day that exists. */
export function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const at = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text);
}

export const day: Read<string> = (place) => {
  const { value } = place;
  if (typeof value === "string" && isDay(value)) return value;
  problem(place, "must be a day, such as 2026-01-31");
  return "";
};

/** A day, or as much of it as is known: `1950-04` or `1950`. */
export const partialDay: Read<string> = (place) => {
  const { value } = place;
  if (typeof value === "string" && isDay(`${value}-01-01`.slice(0, 10)) && /^\d{4}(-\d\d){0,2}$/.test(value)) {
    return value;
  }
  problem(place, "must be a day or a part of one, such as 2026-01-31, 2026-01 or 2026");
  return "";
};

const agoMs = { day: 86_400_000, week: 7 * 86_400_000, month: 30 * 86_400_000, year: 365 * 86_400_000 };

/** A day, or a time before now in words (`2 months ago`), so that an example stays recent. */
export function dayOrAgo(now: Date): Read<string> {
  return (place) => {
    const { value } = place;
    const [, count, unit] = /^(\d{1,3}) (day|week|month|year)s? ago$/.exec(String(value)) ?? [];
    if (unit !== undefined) {
      const ago = Number(count) * agoMs[unit as keyof typeof agoMs];
      return new Date(now.getTime() - ago).toISOString().slice(0, 10);
    }
    if (typeof value === "string" && isDay(value)) return value;
    problem(place, "must be a day, such as 2026-01-31, or a time before now, such as 2 months ago");
    return "";
  };
}
