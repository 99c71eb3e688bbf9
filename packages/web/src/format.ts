// How pages write times, dates and sizes: as the NHS service manual does (Numbers, measurements, dates and time), by the clocks of
// the United Kingdom, whatever the machine is set to.

/** Such as `23 November 2026 at 7:41am`. */
export function formatTime(moment: Date): string {
  return `${formatDay(moment)} at ${formatHour(moment)}`;
}

/** The same to the second, where that decides: `23 November 2026 at 7:41:30am`. */
export function formatMoment(moment: Date): string {
  return `${formatDay(moment)} at ${clock(momentFormat, moment)}`;
}

/** The day alone, such as `23 November 2026`. */
export function formatDay(moment: Date): string {
  return dayFormat.format(moment);
}

/** The day alone as `startOfDay` takes it, such as `2026-11-23`. */
export function isoDay(moment: Date): string {
  return isoFormat.format(moment);
}

/** The hour alone, such as `7:41am`, `2pm`, `midday` or `midnight`. */
export function formatHour(moment: Date): string {
  const written = clock(hourFormat, moment).replace(":00", "");
  return { "12pm": "midday", "12am": "midnight" }[written] ?? written;
}

function clock(format: Intl.DateTimeFormat, moment: Date): string {
  return format.format(moment).replace(/\s(am|pm)$/i, (_, half: string) => half.toLowerCase());
}

/** When a day such as `2026-03-29` begins; undefined where there is no such day. */
export function startOfDay(isoDay: string): Date | undefined {
  const midnight = new Date(`${isoDay}T00:00:00Z`);
  if (!/^\d{4}-\d{2}-\d{2}$/.test(isoDay) || Number.isNaN(midnight.getTime())) return undefined;
  // `2026-02-30` would be a day of March.
  if (midnight.toISOString().slice(0, 10) !== isoDay) return undefined;
  // In winter the clocks are those of UTC, in summer an hour before; no day begins as they change.
  return formatHour(midnight) === "midnight" ? midnight : new Date(midnight.getTime() - 3_600_000);
}

const zone = { timeZone: "Europe/London" } as const;
const hour = { hour: "numeric", minute: "2-digit", hour12: true } as const;

/** Canada writes a day as ISO 8601 does. */
const isoFormat = new Intl.DateTimeFormat("en-CA", { ...zone, year: "numeric", month: "2-digit", day: "2-digit" });
const dayFormat = new Intl.DateTimeFormat("en-GB", { ...zone, day: "numeric", month: "long", year: "numeric" });
const hourFormat = new Intl.DateTimeFormat("en-GB", { ...zone, ...hour });
const momentFormat = new Intl.DateTimeFormat("en-GB", { ...zone, ...hour, second: "2-digit" });

/** An ISO date, whole or in part, such as `14 March 1979`, `March 1979` or `1979`. What is not one stays as it is. */
export function formatDate(isoDate: string): string {
  const parts = /^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?/.exec(isoDate);
  if (parts === null) return isoDate;
  const [, year = "", month, day] = parts;
  const name = month === undefined ? undefined : months[Number(month) - 1];
  return [day === undefined ? undefined : String(Number(day)), name, year]
    .filter((part) => part !== undefined)
    .join(" ");
}

const months = "January February March April May June July August September October November December".split(" ");

/** Of a file, such as `27 kB`. */
export function formatSize(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`;
  const [amount, unit] = bytes < 1_000_000 ? [bytes / 1000, "kB"] : [bytes / 1_000_000, "MB"];
  return `${amount.toLocaleString("en-GB", { maximumFractionDigits: amount < 10 ? 1 : 0 })} ${unit}`;
}
