/** `yyyyMMddHHmmss` in UTC, as in Mex-StatusTimestamp, a status record's DateTime and the start of a message id. */
export function formatTimestamp(at: Date): string {
  const iso = at.toISOString();
  return `${iso.slice(0, 4)}${iso.slice(5, 7)}${iso.slice(8, 10)}${iso.slice(11, 13)}${iso.slice(14, 16)}${iso.slice(17, 19)}`;
}
