import type { FastifyReply } from "fastify";

/** 1 unless `application/vnd.mesh.v2+json` or a later one is asked for (MESH API, API Versioning). */
export function apiVersion(accept: string | undefined): 1 | 2 {
  const asked = /application\/vnd\.mesh\.v(\d{1,4})\b/i.exec(accept ?? "")?.[1];
  return asked !== undefined && Number(asked) >= 2 ? 2 : 1;
}

export function sendJson(reply: FastifyReply, status: number, body: unknown, version: 1 | 2 = 1): FastifyReply {
  const type = version === 1 ? "application/json" : "application/vnd.mesh.v2+json";
  return reply
    .code(status)
    .type(type)
    .send(Buffer.from(JSON.stringify(body)));
}

/** What is not there has no type either: an empty Buffer would be called application/octet-stream. */
export function sendNothing(reply: FastifyReply, status = 200): FastifyReply {
  return reply.code(status).send();
}
