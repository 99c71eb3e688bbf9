/** Two times say so, or two dates as far as both go. */
export function endsBefore(start: string | undefined, end: string | undefined): boolean {
  if (start === undefined || end === undefined) return false;
  if (start.includes("T") && end.includes("T")) return Date.parse(start) > Date.parse(end);
  const length = Math.min(start.length, end.length, "2026-01-05".length);
  return start.slice(0, length) > end.slice(0, length);
}
