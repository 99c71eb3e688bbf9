// Events as they happen, as server-sent events (HTML, 9.2): one `data` line each, which holds a ControlEvent as JSON.
//
// A reader that does not keep up is not waited for: the events beyond its buffer are dropped and counted (control-events.ts).
// Between events a comment says every so often that the stream is alive. It ends with the server, or its reader.

import { once } from "node:events";
import type { ServerResponse } from "node:http";

import type { Control, ControlEvent } from "@restante/control";
import type { FastifyInstance } from "fastify";

import { NotServed } from "./answers.ts";

const HEARTBEAT_MS = 15_000;
const MOST_STREAMS = 100;

export function addEventStream(app: FastifyInstance, control: Control): void {
  let streams = 0;
  app.get("/v1/events", async (request, reply) => {
    if (streams >= MOST_STREAMS) {
      throw new NotServed(503, "not-possible", `${MOST_STREAMS} read events already.`, { "retry-after": "1" });
    }
    const gone = new AbortController();
    reply.raw.once("close", () => gone.abort());
    const events = control.events({ names: readNames(request.query) }, { signal: gone.signal });
    reply.hijack();
    reply.raw.writeHead(200, { "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-store" });
    // So that its reader knows that what happens from now on will be told.
    reply.raw.write(":\n\n");
    streams += 1;
    try {
      await send(reply.raw, events, gone.signal);
    } finally {
      streams -= 1;
    }
    return reply;
  });
}

async function send(response: ServerResponse, events: AsyncIterable<ControlEvent>, gone: AbortSignal): Promise<void> {
  const heartbeat = setInterval(() => {
    // Whoever reads nothing is not sent more of it.
    if (!response.writableNeedDrain) response.write(":\n\n");
  }, HEARTBEAT_MS);
  try {
    for await (const event of events) {
      if (!response.write(`data: ${JSON.stringify(event)}\n\n`)) await once(response, "drain", { signal: gone });
    }
  } catch (error) {
    if (!gone.aborted) throw error;
  } finally {
    clearInterval(heartbeat);
    response.end();
  }
}

/** `names=message-placed,report-placed`, or said several times. */
function readNames(query: unknown): string[] {
  const { names = [] } = query as { names?: string | string[] };
  return [names].flat().flatMap((text) => text.split(",").filter((name) => name !== ""));
}
