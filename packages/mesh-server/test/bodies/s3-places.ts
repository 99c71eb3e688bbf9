// What the tests of bodies in an S3-compatible store have in common.

import { once } from "node:events";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo, Server } from "node:net";
import { Readable } from "node:stream";
import type { TestContext } from "node:test";

import { atEnd, type S3 } from "@restante/testbed";

import { openS3Bodies, type S3Bodies, type S3BodiesOptions } from "../../src/bodies/s3.ts";

/** The least that S3 takes for a part. */
export const PART: number = 5 * 1024 ** 2;
/** As dates of a sweep: everything is older, or nothing. */
export const always: Date = new Date("9999-01-01");
export const never: Date = new Date(0);
/** For a store that will not answer. */
export const impatient = { connect: 1000, answer: 1000, request: 2000, delete: 1000, silence: 1000 } as const;

export type OpenBodies = S3Bodies & {
  /** Each trouble in its words, and "works" at its end. */
  readonly told: readonly string[];
};

export type PlacedOptions = S3BodiesOptions & { endpoint: string };

let prefixes = 0;

/** Each below a prefix of its own. */
export function placeIn({ endpoint, bucket, accessKeyId, secretAccessKey }: S3): PlacedOptions {
  return { endpoint, bucket, accessKeyId, secretAccessKey, prefix: `${(prefixes += 1)}/bodies/`, smallBytes: 10 };
}

export async function openBodies(t: TestContext, options: S3BodiesOptions): Promise<OpenBodies> {
  const told: string[] = [];
  const bodies = await openS3Bodies({
    onTrouble: (reason) => told.push(reason),
    onWorking: () => told.push("works"),
    ...options,
  });
  atEnd(t, () => bodies[Symbol.asyncDispose]());
  return { ...bodies, told };
}

/** So much at once, and the rest when it is asked for. */
export function inTwo(first: Buffer, rest: Buffer): { source: Readable; goOn: () => void } {
  const source = new Readable({ read: () => undefined });
  source.push(first);
  return { source, goOn: () => void (source.push(rest), source.push(null)) };
}

export async function listen(t: TestContext, server: Server): Promise<string> {
  server.listen(0, "127.0.0.1");
  atEnd(t, () => server.close());
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

export interface PassingOn {
  /** In the place of the store. */
  answer?: (asked: IncomingMessage) => readonly [number, string] | undefined;
  /** Until when the store is asked for nothing. */
  held?: (asked: IncomingMessage) => Promise<unknown> | undefined;
  /** What the store takes for the time. */
  date?: () => Date;
  connected?: () => void;
  /** On its way to the store. */
  altered?: (piece: Buffer) => Buffer;
}

/** The way to a store, which sees what was signed. */
export async function passingOn(
  t: TestContext,
  s3: S3,
  { answer, held, date, connected, altered = (piece) => piece }: PassingOn,
): Promise<string> {
  const server = createServer((asked, response) => void pass(asked, response));
  async function pass(asked: IncomingMessage, response: ServerResponse): Promise<void> {
    await held?.(asked);
    const given = answer?.(asked);
    if (given !== undefined) {
      asked.resume();
      response.writeHead(given[0]).end(given[1]);
      return;
    }
    const { method, url, headers } = asked;
    const passed = request(new URL(url ?? "", s3.endpoint), { method, headers, agent: false }, (from) => {
      response.writeHead(from.statusCode ?? 500, {
        ...from.headers,
        ...(date !== undefined && { date: date().toUTCString() }),
      });
      from.pipe(response);
    });
    passed.once("error", () => response.destroy());
    response.once("close", () => passed.destroy());
    asked.map(altered).pipe(passed);
  }
  if (connected !== undefined) server.on("connection", connected);
  return listen(t, server);
}
