import type { FastifyRequest } from "fastify";
import { findProblems, type Schema } from "@restante/settings";

import { partWrong, Refusal } from "../../http/refusal.ts";

const MOST_BYTES = 65_536;

/** The JSON of a request's body, without what is null, held against a schema. */
export async function readInput<Input>(request: FastifyRequest, schema: Schema<Input>): Promise<Input> {
  const value = withoutNull(parse(await readText(request)));
  const problems = findProblems(schema, value);
  if (problems.length === 0) return value as Input;
  throw new Refusal("request-invalid", {
    problems: problems.map(({ pointer, words }) => ({
      type: "value_error",
      loc: ["body", ...pointer.split("/").slice(1)],
      msg: words,
    })),
  });
}

async function readText(request: FastifyRequest): Promise<string> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of request.raw as AsyncIterable<Buffer>) {
    size += piece.length;
    if (size > MOST_BYTES) throw invalid(`holds more than ${MOST_BYTES} bytes`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString("utf8");
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalid("is not JSON");
  }
}

/** The stand-in's clients write out what they do not give. */
function withoutNull(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([, property]) => property !== null));
}

function invalid(words: string): Refusal {
  return new Refusal("request-invalid", { problems: [partWrong("body", words)] });
}
