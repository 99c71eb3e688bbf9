import { readNhsNumber } from "@restante/mesh";

/** A rule that a text of the consultation file keeps, and how a person is told that it does not. */
export interface TextFormat {
  accepts: (text: string) => boolean;
  /** Completes "/patient/nhsNumber ...". */
  problem: string;
}

/** The values of `format` in consultation.schema.json. */
export const formats: Readonly<Record<string, TextFormat>> = {
  line: {
    accepts: (text) => isVisible(text) && !/[\n\t\u2028\u2029]/u.test(text) && isWritable(text),
    problem: "must be one line of text, without control characters",
  },
  notes: {
    accepts: (text) => isVisible(text) && isWritable(text.replaceAll("\r\n", "\n")),
    problem: "must be text, without control characters other than line breaks and tabs",
  },
  date: { accepts: isDate, problem: 'must be a date such as "1980-02-29"' },
  "date-time": {
    accepts: isDateTime,
    problem: 'must be a date and time with a time zone, such as "2026-03-02T10:15:00+00:00"',
  },
  "nhs-number": {
    accepts: (text) => readNhsNumber(text) !== undefined,
    problem: "must be an NHS number: ten digits of which the last is a valid check digit",
  },
  "ods-code": {
    accepts: (text) => /^[A-Z0-9]{3,12}$/i.test(text),
    problem: 'must be an ODS code: 3 to 12 letters and digits, such as "A20047"',
  },
  "sds-user-id": {
    accepts: (text) => /^\d{12}$/.test(text),
    problem: "must be an SDS user id: twelve digits",
  },
  "snomed-code": { accepts: (text) => /^\d{6,18}$/.test(text), problem: "must be a code of 6 to 18 digits" },
};

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
