// An answer that goes out as no answer should. Head and framing are those of the right one, but for the case of names.

import { once } from "node:events";
import type { OutgoingHttpHeaders, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";

import type { FastifyReply } from "fastify";

import type { Taken } from "../../faults/faults.ts";
import { cutAfterwards } from "./cut.ts";
import { inMixedCase } from "./header-names.ts";

/** So slow a body goes out this often, or byte by byte. */
const DRIBBLE_MS = 100;

export type Payload = Buffer | string | Readable | null | undefined;

/** Sends the answer to its end, or to where it is cut. The payload has not been touched yet. */
export async function sendBadly(
  reply: FastifyReply,
  payload: Payload,
  taken: Taken,
  closing: AbortSignal,
): Promise<void> {
  const response = reply.raw;
  const body = payload ?? undefined;
  const stop = AbortSignal.any([closing, goneOf(response)]);
  try {
    const headers = headersOf(reply, body);
    response.writeHead(reply.statusCode, taken.has("mixed-case") ? inMixedCase(headers) : headers);
    const cutAt = cutPlace(taken, Number(headers["content-length"] ?? Number.NaN));
    const pieces = upTo(cutAt, body instanceof Readable ? body : [Buffer.from(body ?? "")]);
    for await (const piece of slowly(pieces, taken, stop)) {
      if (!response.write(piece)) await once(response, "drain", { signal: stop });
    }
    if (cutAt === undefined) {
      response.end();
      return;
    }
    response.flushHeaders();
    cutAfterwards(response);
  } catch {
    // The body is damaged, its client has gone, or the server closes: what is short is cut.
    response.destroy();
  } finally {
    if (body instanceof Readable) body.destroy();
  }
}

/** As the framework would frame it. */
function headersOf(reply: FastifyReply, body: Exclude<Payload, null>): OutgoingHttpHeaders {
  const headers = { ...reply.getHeaders() } as OutgoingHttpHeaders;
  const bytes = typeof body === "string" || Buffer.isBuffer(body) ? Buffer.byteLength(body) : undefined;
  if (bytes !== undefined) headers["content-length"] = bytes;
  else if (body === undefined && reply.request.method !== "HEAD" && mayHaveBody(reply.statusCode)) {
    headers["content-length"] = 0;
  }
  return headers;
}

function mayHaveBody(status: number): boolean {
  return status !== 204 && status !== 304;
}

/** After how many bytes the connection is cut. Of a body whose length nobody announced it is within its first piece. */
function cutPlace(taken: Taken, announced: number): number | "in-first-piece" | undefined {
  const effect = taken.get("truncate")?.effect;
  if (effect?.do !== "truncate") return undefined;
  if (effect.bytes !== undefined) return effect.bytes;
  return Number.isNaN(announced) ? "in-first-piece" : Math.floor(announced / 2);
}

async function* upTo(
  end: number | "in-first-piece" | undefined,
  pieces: Iterable<Buffer> | AsyncIterable<Buffer>,
): AsyncGenerator<Buffer> {
  let left = end === undefined ? Infinity : end;
  for await (const piece of pieces) {
    // Nothing is no piece: to write it would be to say that a body begins.
    if (piece.byteLength === 0) continue;
    if (left === "in-first-piece") left = Math.floor(piece.byteLength / 2);
    yield piece.subarray(0, left);
    left -= piece.byteLength;
    if (left <= 0) return;
  }
}

/** At the pace that a fault asks for, until it is cleared. @throws as the signal says */
async function* slowly(pieces: AsyncGenerator<Buffer>, taken: Taken, stop: AbortSignal): AsyncGenerator<Buffer> {
  const fault = taken.get("dribble");
  if (fault?.effect.do !== "dribble") {
    yield* pieces;
    return;
  }
  const { bytesPerSecond } = fault.effect;
  const pause = Math.max(DRIBBLE_MS, 1000 / bytesPerSecond);
  const most = Math.max(1, Math.floor((bytesPerSecond * pause) / 1000));
  // However small the pieces are in which it is read.
  let left = most;
  for await (const piece of pieces) {
    let rest = piece;
    while (rest.byteLength > 0) {
      if (fault.cleared.aborted) {
        yield rest;
        break;
      }
      const now = rest.subarray(0, left);
      yield now;
      rest = rest.subarray(now.byteLength);
      left -= now.byteLength;
      if (left > 0) continue;
      const until = AbortSignal.any([stop, fault.cleared]);
      await delay(pause, undefined, { signal: until }).catch(() => stop.throwIfAborted());
      left = most;
    }
  }
}

function goneOf(response: ServerResponse): AbortSignal {
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  return gone.signal;
}
