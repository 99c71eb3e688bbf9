// What is done to a request before it goes: to its words here, to its bytes in exchange.ts.

import { gzipSync } from "node:zlib";

import { type Draft, fuzzed, tokenOf } from "./drafts.ts";
import type { Random } from "./random.ts";

type Mutation = (draft: Draft, random: Random) => void;

const methods = ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "PROPFIND", "get", ""];
const scraps = [
  ..."%00 %0d%0a %2e%2e %2f %ff %c3%28 %ED%A0%80 % %zz %25 .. // ; ? # & = + * : @ ~ \\ ' \" < > | 0 -1 1e9 NaN null true".split(
    " ",
  ),
  "\u0000",
  "\u007f",
  "\u00ff",
  "\t",
  " ",
  "__proto__",
  "constructor",
  "toString",
  "x".repeat(300),
  "9".repeat(400),
  "../../../../etc/passwd",
  "' OR 1=1 --",
  "http://example.org/",
  "\u00c5\u0081", // Ł in UTF-8, as it goes
];
const names = [
  ..."Mex-To Mex-From Mex-WorkflowID Mex-Chunk-Range Mex-Subject Mex-LocalID Mex-FileName Mex-MessageType".split(" "),
  ..."Mex-Content-Checksum Mex-Content-Compressed Mex-Content-Encrypted Mex-Content-Type Mex-PartnerID".split(" "),
  ..."Accept Accept-Encoding Content-Type Content-Encoding Authorization Range If-None-Match If-Modified-Since".split(
    " ",
  ),
  ..."Expect Upgrade Connection Keep-Alive TE Trailer Via Forwarded X-Forwarded-For X-HTTP-Method-Override".split(" "),
  ..."X-Request-Id Cookie Origin Referer Date Host Mex-Unknown __proto__ constructor".split(" "),
];
const ranges = [
  "0:1",
  "1:0",
  "2:1",
  "1:1:1",
  "a:b",
  "-1:2",
  "1:999999999",
  "99999999999:99999999999",
  "1:",
  ":",
  "1.5:2",
];
const acceptances = [
  "application/vnd.mesh.v2+json;q=0",
  "*;q=abc",
  ",,,,",
  '"',
  "gzip;q=0,*",
  "a/b".repeat(300),
  "q=1;;;=,",
];

const mutations: readonly Mutation[] = [
  (draft, random) => {
    draft.method = random.pick(methods);
  },
  (draft, random) => {
    draft.target = spliced(draft.target, random);
  },
  (draft, random) => {
    draft.target += random.pick([
      "/",
      "//",
      "/..",
      "?",
      "?a",
      "?max_results=",
      "?max_results=5001&max_results=9",
      "#x",
    ]);
  },
  (draft, random) => {
    const words = ["max_results", "continue_from", "workflow_filter", "messageID", "start_time", "__proto__"];
    draft.target += `${random.pick(["?", "&"])}${random.pick(words)}=${random.pick(scraps)}`;
  },
  (draft, random) => {
    draft.target = random.pick(["*", "", "http://[::1", "example.org:443", "//", "/%", "http://example.org/health"]);
  },
  (draft, random) => {
    draft.headers.push([random.pick(names), random.pick(scraps)]);
  },
  (draft, random) => {
    const header = random.pick(draft.headers);
    header[1] = spliced(header[1], random);
  },
  (draft, random) => {
    draft.headers.splice(random.below(draft.headers.length), 1);
  },
  (draft, random) => {
    draft.headers.push([...random.pick(draft.headers)]);
  },
  (draft, random) => {
    const count = random.pick([20, 95, 101, 500]);
    for (let index = 0; index < count; index += 1) draft.headers.push([`x-header-${index}`, "x"]);
  },
  (draft, random) => {
    draft.headers.push([
      random.pick(names),
      random.pick(["x", "\u00e9", "9"]).repeat(random.pick([101, 501, 5000, 20_000])),
    ]);
  },
  (draft, random) => {
    setHeader(draft, "Mex-Chunk-Range", random.pick(ranges));
  },
  (draft, random) => {
    setHeader(draft, random.pick(["Accept", "Accept-Encoding"]), random.pick(acceptances));
  },
  (draft, random) => {
    setHeader(draft, "Authorization", otherToken(random));
  },
  (draft, random) => {
    draft.body = otherBody(random, draft.body ?? Buffer.from("body"));
  },
  (draft, random) => {
    draft.body = otherBody(random, draft.body ?? Buffer.from("body"));
    setHeader(draft, "Content-Encoding", random.pick(["gzip", "gzip", "x-gzip", "br", "gzip, gzip", "identity"]));
  },
  (draft, random) => {
    const [name, value] = random.pick([
      ["Expect", "100-continue"],
      ["Expect", "the impossible"],
      ["Connection", "close"],
      ["Connection", "upgrade"],
      ["Upgrade", "h2c"],
    ] as const);
    draft.headers.push([name, value]);
  },
];

/** One to three of them, one upon the other. */
export function mutate(draft: Draft, random: Random): void {
  for (let left = 1 + random.below(3); left > 0; left -= 1) {
    random.pick(mutations)(draft, random);
    if (draft.headers.length === 0) return;
  }
}

function spliced(text: string, random: Random): string {
  const at = random.below(text.length + 1);
  return text.slice(0, at) + random.pick(scraps) + text.slice(at + random.below(5));
}

function setHeader(draft: Draft, name: string, value: string): void {
  draft.headers = draft.headers.filter(([other]) => other !== name);
  draft.headers.push([name, value]);
}

function otherToken(random: Random): string {
  const mailbox = random.pick(fuzzed.mailboxes);
  const token = tokenOf(mailbox, random.pick(["always-the-same", "x".repeat(300), "\u00e9", "%00"]));
  return random.pick([
    token,
    token.slice(0, random.below(token.length)),
    token.replace("NHSMESH", random.pick(["nhsmesh", "Basic", "Bearer", ""])),
    token.replace(/:\d{12}:/, random.pick([":999999999999:", ":202699999999:", ":197001010000:"])),
    token.replace(/:0:/, random.pick([":00:", ":-1:", ":1e3:", ":999999999999999:", ":0x1:"])),
    spliced(token, random),
    "NHSMESH ::::",
    "",
  ]);
}

function otherBody(random: Random, body: Buffer): Buffer {
  const packed = gzipSync(body);
  return random.pick([
    () => Buffer.alloc(0),
    () => packed,
    () => packed.subarray(0, random.below(packed.length)),
    () => Buffer.concat([packed, random.bytes(20)]),
    () => Buffer.concat([packed, packed]),
    () => gzipSync(packed),
    () => gzipSync(Buffer.alloc(1_000_000)),
    () => Buffer.concat([packed.subarray(0, 10), random.bytes(100)]),
    () => random.bytes(300),
    // More than the server takes.
    () => Buffer.alloc(110_000),
  ])();
}
