import { type Control, everyOperation, LARGEST_INPUT, type Operation, verbOf } from "@restante/control";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";

import { NotServed } from "./answers.ts";

/** Of a verb that takes no body. */
const MOST_INPUT_BYTES = 256 * 1024;

/** One route a verb, of the table. The input is checked by the control itself. */
export function addVerbs(app: FastifyInstance, control: Control): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("application/json", { parseAs: "string" }, (_request, text, done) => {
    try {
      done(null, text === "" ? {} : JSON.parse(text as string));
    } catch {
      done(new NotServed(400, "input-invalid", "The body is not JSON."));
    }
  });
  for (const operation of everyOperation) addVerb(app, control, operation);
}

function addVerb(app: FastifyInstance, control: Control, { name, path }: Operation): void {
  const verb = verbOf(control, name);
  const bodyLimit = name === "messages.inject" ? LARGEST_INPUT : MOST_INPUT_BYTES;
  app.post(path, { bodyLimit }, async (request, reply) => {
    const answer = await verb((request.body ?? {}) as Parameters<typeof verb>[0], {
      signal: untilGone(request, reply),
    });
    return reply.header("cache-control", "no-store").send(answer);
  });
  app.route({
    method: ["GET", "PUT", "PATCH", "DELETE"],
    url: path,
    handler: async () => {
      throw new NotServed(405, "input-invalid", "A verb is asked for by POST.", { allow: "POST" });
    },
  });
}

/** Whoever goes away waits no longer. */
function untilGone(request: FastifyRequest, reply: FastifyReply): AbortSignal {
  const gone = new AbortController();
  reply.raw.once("close", () => {
    if (!reply.raw.writableFinished) gone.abort();
  });
  if (request.raw.destroyed) gone.abort();
  return gone.signal;
}
