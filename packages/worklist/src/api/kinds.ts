import { isNhsNumber } from "@restante/mesh";
import { type About, type JsonSchema, type Needed, optional, type Optional, type Schema } from "@restante/settings";
import { startOfDay } from "@restante/web";

// The kinds of value that the API is made of: what it takes has bounds, and what it gives may be empty.

/** A text, also an empty one. Of what the API takes `longest` says how long it may be. */
export function words(description: string, longest?: number): Needed<string> {
  return kind({ type: "string", description, ...(longest !== undefined && { maxLength: longest }) });
}

/** A text that is there. */
export function id(description: string, longest: number): Needed<string> {
  return kind({ type: "string", minLength: 1, maxLength: longest, description });
}

/** Of what the API gives: 0 and more. */
export function count(description: string): Needed<number> {
  return kind({ type: "integer", minimum: 0, description });
}

/** A point in time, in UTC: `2026-11-23T07:41:22.000Z`. */
export function instant(description: string): Needed<string> {
  return kind({ type: "string", format: "date-time", description });
}

/** The same, of what the API takes: ISO 8601 with the zone that it is of. */
export function givenInstant(description: string): Needed<string> {
  return kind({ type: "string", format: "date-time", maxLength: 40, errorMessage: instantProblem, description }, [
    { name: "date-time", accepts: isInstant, problem: instantProblem },
  ]);
}

const instantProblem = "must be a time of ISO 8601 with its zone, such as 2026-11-23T07:41:22Z";

function isInstant(text: string): boolean {
  return (
    /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/.test(text) && !Number.isNaN(Date.parse(text))
  );
}

/** Of what the API takes: an ISO date of the calendar. */
export function givenDay(description: string): Needed<string> {
  return kind({ type: "string", format: "date", maxLength: 10, errorMessage: dayProblem, description }, [
    { name: "date", accepts: (text) => startOfDay(text) !== undefined, problem: dayProblem },
  ]);
}

const dayProblem = "must be a day that there is, such as 2026-12-04";

export function nhsNumber(description: string): Needed<string> {
  return kind({ type: "string", pattern: "^[0-9]{10}$", description });
}

/** Ten figures of which the last is the check digit, without spaces; undefined: it is none. */
export function asNhsNumber(text: string | undefined): string | undefined {
  const figures = text?.replaceAll(/\s/g, "");
  return figures !== undefined && isNhsNumber(figures) ? figures : undefined;
}

/** An object of these: as `list` of the settings, with a bound where the API takes it. */
export function atMost<Item>(items: Schema<Item>, most: number, about: About): Needed<readonly Item[]> {
  return {
    json: { type: "array", maxItems: most, uniqueItems: true, ...about, items: items.json },
    formats: items.formats,
    rules: [],
  };
}

/** What is said only where it is so. */
export function trueIfSo(description: string): Optional<true> {
  return optional(kind<true>({ const: true, description }));
}

export function kind<Value>(json: JsonSchema, formats: Schema<Value>["formats"] = []): Needed<Value> {
  return { json, formats, rules: [] };
}
