import { Readable } from "node:stream";

import type { FastifyReply, FastifyRequest } from "fastify";

import { qualityOf, readPreferences, varyBy } from "./preferences.ts";

/**
 * The version that an Accept header asks for: 2 for who names `application/vnd.mesh.v2+json`, or a later one, and does not
 * want version 1 more; else 1, the lowest, which is also what wildcards mean (MESH API, API Versioning) and what who asks for
 * neither gets.
 */
export function apiVersion(accept: string | undefined): 1 | 2 {
  const preferences = readPreferences(accept);
  const wildcard = (range: string): number | undefined => qualityOf(preferences, (name) => name === range);
  const any = wildcard("application/*") ?? wildcard("*/*") ?? 0;
  const first = qualityOf(preferences, (name) => versionOf(name) === 1);
  const second = qualityOf(preferences, (name) => versionOf(name) === 2);
  if (second !== undefined) return second > 0 && second >= (first ?? any) ? 2 : 1;
  return first === 0 && any > 0 ? 2 : 1;
}

/** Of what was asked for lately: clients say the same in every request. */
const versions = new Map<string | undefined, 1 | 2>();
const MOST_VERSIONS = 100;

/** The version that a request asks for; its answer says that it depends on that. */
export function negotiateVersion(request: FastifyRequest, reply: FastifyReply): 1 | 2 {
  varyBy(reply, "Accept");
  const { accept } = request.headers;
  const known = versions.get(accept);
  if (known !== undefined) return known;
  if (versions.size >= MOST_VERSIONS) versions.clear();
  const version = apiVersion(accept);
  versions.set(accept, version);
  return version;
}

function typeOf(version: 1 | 2): string {
  return version === 1 ? "application/json" : "application/vnd.mesh.v2+json";
}

function versionOf(mediaType: string): 1 | 2 | undefined {
  if (mediaType === "application/json") return 1;
  const number = /^application\/vnd\.mesh\.v(\d{1,4})(?:\+json)?$/.exec(mediaType)?.[1];
  return number === undefined ? undefined : Number(number) >= 2 ? 2 : 1;
}

/** With a serializer of its own a text goes as it is: else the framework would add a charset to its type. */
const asIs = (text: unknown): string => text as string;

/** As a text, which goes out with its head in one piece: a Buffer is a second one, for which the socket is asked for a gathered write. */
export function sendJson(reply: FastifyReply, status: number, body: unknown, version: 1 | 2 = 1): FastifyReply {
  return reply.code(status).type(typeOf(version)).serializer(asIs).send(JSON.stringify(body));
}

/** The last answer of its connection: sent whole at once, but the connection does not end before that. */
export function sendLastJson(
  reply: FastifyReply,
  status: number,
  body: unknown,
  version: 1 | 2,
  mayEnd: Promise<void> = Promise.resolve(),
): FastifyReply {
  const bytes = Buffer.from(JSON.stringify(body));
  const pieces = async function* pieces(): AsyncGenerator<Buffer> {
    yield bytes;
    await mayEnd;
  };
  return reply.code(status).type(typeOf(version)).header("content-length", bytes.length).send(Readable.from(pieces()));
}

/** What is not there has no type either: an empty Buffer would be called application/octet-stream. */
export function sendNothing(reply: FastifyReply, status = 200): FastifyReply {
  return reply.code(status).send();
}
