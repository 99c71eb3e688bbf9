// The page of control, as the control room has it: files that say nothing of this server. What they show they ask for
// themselves, with the token.

import { pageSecurityPolicy, readPage } from "@restante/control";
import type { FastifyInstance } from "fastify";

/** @returns its paths, which need no token */
export async function addPage(app: FastifyInstance): Promise<ReadonlySet<string>> {
  const files = await readPage();
  for (const { path, contentType, text } of files) {
    app.get(path, async (_request, reply) =>
      reply
        .headers({
          "content-type": contentType,
          "content-security-policy": pageSecurityPolicy,
          "x-content-type-options": "nosniff",
          "cache-control": "no-store",
        })
        .send(text),
    );
  }
  return new Set(files.map(({ path }) => path));
}
