/** `yyyyMMddHHmmss` in UTC, as in Mex-StatusTimestamp, a status record's DateTime and the start of a message id. */
export function formatTimestamp(at: Date): string {
  return at.toISOString().slice(0, 19).replaceAll(/[-:T]/g, "");
}
