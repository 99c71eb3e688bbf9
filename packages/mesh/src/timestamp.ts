/** The second that was written last: what happens within it is written alike. */
let latest = { second: Number.NaN, text: "" };

/** `yyyyMMddHHmmss` in UTC, as in Mex-StatusTimestamp, a status record's DateTime and the start of a message id. */
export function formatTimestamp(at: Date): string {
  const second = Math.floor(at.getTime() / 1000);
  if (second !== latest.second) latest = { second, text: write(at.toISOString()) };
  return latest.text;
}

function write(iso: string): string {
  return `${iso.slice(0, 4)}${iso.slice(5, 7)}${iso.slice(8, 10)}${iso.slice(11, 13)}${iso.slice(14, 16)}${iso.slice(17, 19)}`;
}

const ukClock = new Intl.DateTimeFormat("en-GB", {
  timeZone: "Europe/London",
  calendar: "gregory",
  numberingSystem: "latn",
  hourCycle: "h23",
  year: "numeric",
  month: "2-digit",
  day: "2-digit",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
});

let latestInUk = { second: Number.NaN, text: "" };

/**
 * The same as clocks in the UK show it, which is how the NHS's MESH client writes a status record's DateTime. The text does not
 * say so: whoever reads it cannot tell it from UTC, nor the two hours of the last Sunday in October from one another.
 */
export function formatUkTimestamp(at: Date): string {
  const second = Math.floor(at.getTime() / 1000);
  if (second !== latestInUk.second) {
    const of = new Map(ukClock.formatToParts(at).map(({ type, value }) => [type, value]));
    const text = ["year", "month", "day", "hour", "minute", "second"] as const;
    latestInUk = { second, text: text.map((part) => of.get(part)?.padStart(part === "year" ? 4 : 2, "0")).join("") };
  }
  return latestInUk.text;
}

/** The time that such a text gives if it is in UTC; undefined where it is no time. */
export function readTimestamp(text: string): Date | undefined {
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})$/.exec(text) ?? [];
  const at = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  // A day that a month does not have is taken for one of the next.
  return !Number.isNaN(at.getTime()) && formatTimestamp(at) === text ? at : undefined;
}
