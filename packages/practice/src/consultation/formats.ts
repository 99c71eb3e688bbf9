import { nhsNumberFormat, odsCodeFormat, type TextFormat } from "@restante/settings";

/** The values of `format` in consultation.schema.json. */
export const formats: readonly TextFormat[] = [
  {
    name: "line",
    accepts: (text) => isVisible(text) && !/[\n\t\u2028\u2029]/u.test(text) && isWritable(text),
    problem: "must be one line of text, without control characters",
  },
  {
    name: "notes",
    accepts: (text) => isVisible(text) && isWritable(text.replaceAll("\r\n", "\n")),
    problem: "must be text, without control characters other than line breaks and tabs",
  },
  { name: "date", accepts: isDate, problem: 'must be a date such as "1980-02-29"' },
  {
    name: "date-time",
    accepts: isDateTime,
    problem: 'must be a date and time with a time zone, such as "2026-03-02T10:15:00+00:00"',
  },
  nhsNumberFormat,
  odsCodeFormat,
  { name: "sds-user-id", accepts: (text) => /^\d{12}$/.test(text), problem: "must be an SDS user id: twelve digits" },
  { name: "snomed-code", accepts: (text) => /^\d{6,18}$/.test(text), problem: "must be a code of 6 to 18 digits" },
];

function isVisible(text: string): boolean {
  return text.trim() !== "";
}

/** XML 1.0 has no way to write most control characters or half a surrogate pair (XML 1.0, production Char). */
function isWritable(text: string): boolean {
  // oxlint-disable-next-line no-control-regex -- control characters are what this looks for
  return text.isWellFormed() && !/[\u0000-\u0008\u000B-\u001F\u007F-\u009F\uFFFE\uFFFF]/u.test(text);
}

/** Date.parse alone would take 31 February for 3 March. */
function isDate(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && isoDay(new Date(`${text}T00:00:00Z`)) === text;
}

function isDateTime(text: string): boolean {
  const parts = /^(\d{4}-\d{2}-\d{2})T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})$/.exec(text);
  return parts?.[1] !== undefined && isDate(parts[1]) && !Number.isNaN(Date.parse(text));
}

function isoDay(date: Date): string | undefined {
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString().slice(0, 10);
}
