import {
  type Clock,
  formatTimestamp,
  formatUkTimestamp,
  isProductionMessageId,
  type MessageId,
  readTimestamp,
} from "@restante/mesh";

/** In which time a status record's DateTime is written: as clocks in the UK show it, like the NHS client, or in UTC. */
export type StatusTimes = "uk" | "utc";

/** By what a status record is dated. */
export interface Dating {
  readonly clock: Clock;
  readonly settings: { readonly statusTimes: StatusTimes };
}

export function statusTime(at: Date, times: StatusTimes): string {
  return times === "uk" ? formatUkTimestamp(at) : formatTimestamp(at);
}

/** By so much may the time of acceptance that begins a message's id differ from the one in its header. Milliseconds. */
const sameMomentMs = 60_000;

/**
 * What `Mex-StatusTimestamp` of a received message becomes. Nothing says in which time it is, and servers may differ: it is
 * taken for UTC, unless it is by the summer's hour ahead of the message's id, which begins with the time of acceptance in UTC.
 * What is no time stays as it is.
 */
export function receivedTime(header: string, messageId: MessageId, times: StatusTimes): string {
  const at = readTimestamp(header);
  if (at === undefined) return header;
  return statusTime(new Date(at.getTime() - summerHourIn(at, messageId)), times);
}

/** How far a time that was read as UTC is ahead of it, in milliseconds. */
function summerHourIn(at: Date, messageId: MessageId): number {
  const accepted = isProductionMessageId(messageId) ? readTimestamp(messageId.slice(0, 14)) : undefined;
  if (accepted === undefined) return 0;
  const inUk = readTimestamp(formatUkTimestamp(accepted)) ?? accepted;
  const isUk = Math.abs(at.getTime() - inUk.getTime()) <= sameMomentMs;
  return isUk ? inUk.getTime() - accepted.getTime() : 0;
}
