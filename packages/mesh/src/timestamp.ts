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
