// Events as they happen, as the control room writes them.
//
// A reader that does not keep up is not waited for: the events beyond its buffer are dropped and counted (control-events.ts).
// Between events a comment says every so often that the stream is alive. It ends with the server, or its reader.

import { once } from "node:events";
import type { ServerResponse } from "node:http";

import {
  type Control,
  type ControlEvent,
  EVENTS_PATH,
  EVENTS_TYPE,
  readEventNames,
  STILL_HERE,
  writeEvent,
} from "@restante/control";
import type { FastifyInstance } from "fastify";

import { NotServed } from "./answers.ts";

const HEARTBEAT_MS = 15_000;
const MOST_STREAMS = 100;

export function addEventStream(app: FastifyInstance, control: Control): void {
  let streams = 0;
  app.get(EVENTS_PATH, async (request, reply) => {
    if (streams >= MOST_STREAMS) {
      throw new NotServed(503, "not-possible", `${MOST_STREAMS} read events already.`, { "retry-after": "1" });
    }
    const names = readEventNames([(request.query as { names?: string | string[] }).names ?? []].flat().join(","));
    const gone = new AbortController();
    reply.raw.once("close", () => gone.abort());
    streams += 1;
    try {
      const events = await control.events(names === undefined ? {} : { names }, { signal: gone.signal });
      reply.hijack();
      reply.raw.writeHead(200, { "content-type": EVENTS_TYPE, "cache-control": "no-store" });
      // So that its reader knows: what happens from now on is told.
      reply.raw.write(STILL_HERE);
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
    if (!response.writableNeedDrain) response.write(STILL_HERE);
  }, HEARTBEAT_MS);
  try {
    for await (const event of events) {
      if (!response.write(writeEvent(event))) await once(response, "drain", { signal: gone });
    }
  } catch (error) {
    if (!gone.aborted) throw error;
  } finally {
    clearInterval(heartbeat);
    response.end();
  }
}
