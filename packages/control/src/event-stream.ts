import { ControlError } from "./control-error.ts";
import type { ControlEvent } from "./control.ts";

// `events` answers with a stream of server-sent events (HTML Living Standard, 9.2): each event is its JSON, as the data of
// one message without a type. A line that begins with a colon says only that the connection lives.

/** Asked by GET, with the names that are wanted in `names`, separated by commas; none: all. */
export const EVENTS_PATH = "/v1/events";

export const EVENTS_TYPE = "text/event-stream";

/** What a listener writes from time to time, so that nobody takes a quiet stream for a dead one. */
export const STILL_HERE = ": still here\n\n";

export function writeEvent(event: ControlEvent): string {
  return `data: ${JSON.stringify(event)}\n\n`;
}

/**
 * The names in a query's `names`; undefined for all.
 *
 * @throws {ControlError} `input-invalid`
 */
export function readEventNames(text: string | undefined): readonly string[] | undefined {
  if (text === undefined || text === "") return undefined;
  const names = text.split(",");
  if (names.length <= 100 && names.every((name) => /^[\w.:-]{1,100}$/.test(name))) return names;
  const wanted = "up to 100 names of events, separated by commas";
  throw new ControlError("input-invalid", `The values for events have a problem:\n  /names must be ${wanted}`);
}
