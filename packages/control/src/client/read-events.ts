import type { IncomingMessage } from "node:http";
import { StringDecoder } from "node:string_decoder";
import { ControlError } from "../control-error.ts";
import type { ControlEvent } from "../control.ts";

/** More than any event of ours has. */
const LONGEST_LINE = 1_000_000;

/**
 * The events in a stream (HTML Living Standard, 9.2.6): the data of each message, once the empty line after it has come.
 * Comments and other fields are passed over.
 */
export async function* readEvents(response: IncomingMessage): AsyncGenerator<ControlEvent> {
  let data: string[] = [];
  for await (const line of readLines(response)) {
    if (line.startsWith("data:")) data.push(line.slice(line.startsWith("data: ") ? 6 : 5));
    if (line !== "" || data.length === 0) continue;
    const text = data.join("\n");
    data = [];
    yield parseEvent(text);
  }
}

function parseEvent(text: string): ControlEvent {
  try {
    return JSON.parse(text) as ControlEvent;
  } catch (cause) {
    throw new ControlError("failed", "the server sent an event that is no JSON", { cause });
  }
}

/** A line ends with LF, CR or both; what has not ended is none. */
async function* readLines(response: IncomingMessage): AsyncGenerator<string> {
  const decoder = new StringDecoder("utf8");
  let left = "";
  for await (const part of response as AsyncIterable<Buffer>) {
    left += decoder.write(part);
    // A CR at the end may be the half of CR LF.
    const lines = left.split(/\r\n|\n|\r(?!$)/);
    left = lines.pop() ?? "";
    if (left.length > LONGEST_LINE) throw new ControlError("failed", "the server sent an event without end");
    yield* lines;
  }
}
