// What goes over a connection, made of a seed and a number, and what must come of it:
//   intact   requests as a client makes them, one or several in one write: each is answered, none with 5xx, and the
//            connection goes on unless an answer says it does not.
//   orderly  their words are damaged, where they end is told rightly: they are answered, or the connection is closed.
//   broken   where they end is told wrongly, or their bytes are damaged: the connection is closed once the client has
//            ended its side.
//   gone     the client is gone at some byte, without a word.

import { type Draft, draft, fuzzed, type Known } from "./drafts.ts";
import { mutate } from "./mutations.ts";
import { type Random, randomOf } from "./random.ts";

export interface Exchange {
  kind: "intact" | "orderly" | "broken" | "gone";
  /** Of its requests, in order. */
  methods: readonly string[];
  bytes: Buffer;
  /** It holds a body that is larger than the server takes, and only its end tells: that cuts the connection. */
  endless: boolean;
}

export function exchangeOf(seed: number, number: number, known: Known): Exchange {
  const random = randomOf(seed, number);
  const kind = random.below(100);
  if (kind < 20) return together("intact", drafts(random, number, known, kind < 15 ? 1 : 2 + random.below(4)));
  if (kind < 70) {
    const all = drafts(random, number, known, kind < 60 ? 1 : 2 + random.below(3));
    mutate(random.pick(all), random);
    return together("orderly", all);
  }
  if (kind < 97) {
    const [first] = drafts(random, number, known, 1);
    if (kind < 85) return { kind: "broken", methods: [], endless: false, bytes: endingWrongly(first!, random) };
    return {
      kind: "broken",
      methods: [],
      endless: false,
      bytes: kind < 94 ? damaged(written(first!), random) : garbage(random),
    };
  }
  const bytes = written(drafts(random, number, known, 1)[0]!);
  return { kind: "gone", methods: [], endless: false, bytes: bytes.subarray(0, random.below(bytes.length)) };
}

function drafts(random: Random, number: number, known: Known, count: number): Draft[] {
  return Array.from({ length: count }, (_, index) => draft(random, `${number}-${index}`, known));
}

function together(kind: Exchange["kind"], all: readonly Draft[]): Exchange {
  const endless = all.some(
    ({ body, framing }) => framing === "chunked" && (body?.length ?? 0) > fuzzed.maxRequestBytes,
  );
  return { kind, endless, methods: all.map(({ method }) => method), bytes: Buffer.concat(all.map(written)) };
}

function written({ method, target, headers, body, framing }: Draft): Buffer {
  const ending: [string, string][] =
    body === undefined
      ? []
      : framing === "chunked"
        ? [["Transfer-Encoding", "chunked"]]
        : [["Content-Length", String(body.length)]];
  return Buffer.concat([
    head(method, target, [...headers, ...ending]),
    body === undefined ? Buffer.alloc(0) : framing === "chunked" ? inChunks(body) : body,
  ]);
}

function head(method: string, target: string, headers: readonly [string, string][], version = "HTTP/1.1"): Buffer {
  const lines = [["Host", "localhost"], ...headers].map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`${method} ${target} ${version}\r\n${lines.join("")}\r\n`, "latin1");
}

function inChunks(body: Buffer): Buffer {
  const half = Math.ceil(body.length / 2);
  const pieces = [body.subarray(0, half), body.subarray(half)].filter(({ length }) => length > 0);
  return Buffer.concat([
    ...pieces.flatMap((piece) => [Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from("\r\n")]),
    Buffer.from("0\r\n\r\n"),
  ]);
}

/** Lengths that lie, two ways to end a body, codings that there are not. */
function endingWrongly({ method, target, headers, body = Buffer.from("body") }: Draft, random: Random): Buffer {
  const { length } = body;
  const chunked: [string, string] = ["Transfer-Encoding", "chunked"];
  const [endings, bytes] = random.pick<[[string, string][], Buffer]>([
    [[["Content-Length", String(length + 1 + random.below(1000))]], body],
    [[["Content-Length", String(random.below(length + 1))]], body],
    [[["Content-Length", random.pick(["-1", "1e3", "0x10", "9".repeat(30), "", "5 5", "+5", "5,5"])]], body],
    [
      [
        ["Content-Length", String(length)],
        ["Content-Length", String(length + 1)],
      ],
      body,
    ],
    [[["Content-Length", String(length)], chunked], inChunks(body)],
    [[chunked, ["Content-Length", "4"]], inChunks(body)],
    [
      [["Transfer-Encoding", random.pick(["gzip", "identity", "chunked, gzip", "xchunked", "chunked, chunked", ""])]],
      body,
    ],
    [[["Transfer-Encoding ", "chunked"]], inChunks(body)],
    [[chunked], damaged(inChunks(body), random)],
    [[chunked], Buffer.from(`${random.pick(["fffffffffffffffff", "-1", "zz", "5;a=b;".repeat(300)])}\r\n`)],
    [
      [chunked, ["Trailer", "Authorization"]],
      Buffer.concat([inChunks(body).subarray(0, -2), Buffer.from("Authorization: x\r\n\r\n")]),
    ],
    [[], body],
  ]);
  return Buffer.concat([
    head(
      method,
      target,
      [...headers, ...endings],
      random.pick(["HTTP/1.1", "HTTP/1.1", "HTTP/1.0", "HTTP/2.0", "HTTP/9.99", ""]),
    ),
    bytes,
  ]);
}

function damaged(bytes: Buffer, random: Random): Buffer {
  let result = bytes;
  for (let edits = 1 + random.below(4); edits > 0; edits -= 1) {
    const at = random.below(result.length + 1);
    const put = random.pick([
      Buffer.from([random.below(256)]),
      Buffer.from("\r\n"),
      Buffer.from("\n"),
      Buffer.alloc(1),
      Buffer.alloc(0),
      result.subarray(at, at + 50),
    ]);
    result = Buffer.concat([result.subarray(0, at), put, result.subarray(at + random.below(3))]);
  }
  return random.once(4) ? result.subarray(0, random.below(result.length + 1)) : result;
}

function garbage(random: Random): Buffer {
  return random.pick([
    () => random.bytes(1 + random.below(500)),
    () => Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    () => Buffer.from("160301020001000001fc0303", "hex"),
    () => Buffer.from("\r\n".repeat(1 + random.below(2000))),
    () => Buffer.from("GET /health\r\n"),
    () => Buffer.alloc(20_000, "A"),
    () => Buffer.from(`GET /${"a".repeat(20_000)} HTTP/1.1\r\nhost: x\r\n\r\n`),
    () => Buffer.from("GET / HTTP/1.1\r\n folded: x\r\n\r\n"),
    () => Buffer.from("GET / HTTP/1.1\r\nhost: a\r\nhost: b\r\n\r\n"),
    () => Buffer.from("GET / HTTP/1.1\r\n\r\n"),
  ])();
}
