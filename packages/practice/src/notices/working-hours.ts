import type { WorkingHours } from "../unread.ts";

// Hours of work pass as they do on a clock in London: a day on which it is put forward or back has as many as there were. What
// comes outside of them begins to wait with the next.

const minute = 60_000;
const hour = 60 * minute;
/** Where nobody works for so long nothing becomes unread. */
const furthestDays = 800;

const zone = { timeZone: "Europe/London" } as const;
const days = new Intl.DateTimeFormat("en-CA", zone);
const offsets = new Intl.DateTimeFormat("en-GB", { ...zone, timeZoneName: "longOffset" });

/** The day in London, as an ISO date. */
export function londonDay(at: Date): string {
  return days.format(at);
}

/** When what came at `from` should have been opened; undefined: nobody works. */
export function openBy(from: Date, afterHours: number, hours: WorkingHours): Date | undefined {
  let left = afterHours * hour;
  for (const { begins, ends } of spans(hours, londonDay(from), 1)) {
    const begun = Math.max(begins, from.getTime());
    if (ends - begun >= left) return new Date(begun + left);
    left -= Math.max(0, ends - begun);
  }
  return undefined;
}

/**
 * The last moment of which so many hours of work have passed by `now`: what came then or before is late (`openBy` is `now` or
 * before), and nothing else. So nothing is worked out for any task alone, and settings that are changed hold at once.
 */
export function lateSince(now: Date, afterHours: number, hours: WorkingHours): Date | undefined {
  let left = afterHours * hour;
  for (const { begins, ends } of spans(hours, londonDay(now), -1)) {
    const ended = Math.min(ends, now.getTime());
    if (ended - begins >= left) return new Date(ended - left);
    left -= Math.max(0, ended - begins);
  }
  return undefined;
}

interface Span {
  begins: number;
  ends: number;
}

/** The hours of one day after the other, on and on or back. */
function* spans({ from, to, days, notOn = [] }: WorkingHours, first: string, step: 1 | -1): Generator<Span> {
  const closed = new Set(notOn);
  const day = new Date(`${first}T00:00:00Z`);
  for (let count = 0; count < furthestDays; count += 1, day.setUTCDate(day.getUTCDate() + step)) {
    const date = day.toISOString().slice(0, 10);
    if (!days.includes(day.getUTCDay() || 7) || closed.has(date)) continue;
    yield { begins: inLondon(day, minutesOf(from)), ends: inLondon(day, minutesOf(to)) };
  }
}

/** Of `08:30`. */
export function minutesOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(":").map(Number);
  return 60 * hours + minutes;
}

/** A time that a clock put forward passes over is as much later; of two that one put back has it is the second. */
function inLondon(day: Date, minutes: number): number {
  const asUtc = day.getTime() + minutes * minute;
  const once = asUtc - offsetAt(asUtc);
  return asUtc - offsetAt(once);
}

function offsetAt(at: number): number {
  const name = offsets.formatToParts(at).find(({ type }) => type === "timeZoneName")?.value ?? "GMT";
  const [, sign = "+", hours = "0", minutes = "0"] = /([+-])(\d+):(\d+)/.exec(name) ?? [];
  return (sign === "-" ? -1 : 1) * (Number(hours) * hour + Number(minutes) * minute);
}
