// Requests as a client would make them, of every operation there is: what is damaged begins as one of these.

import { gzipSync } from "node:zlib";

import { createToken } from "@restante/mesh";

import type { Random } from "./random.ts";

export interface Draft {
  method: string;
  /** What stands between method and version. */
  target: string;
  /** In their order; without Host and what tells where the body ends. Latin-1, as they go. */
  headers: [name: string, value: string][];
  body?: Buffer;
  /** How it is told where the body ends. */
  framing: "length" | "chunked";
}

export const fuzzed = {
  sharedKey: "TestKey",
  mailboxes: ["FUZZ001", "FUZZ002", "FUZZ003"],
  password: "password",
  workflow: "FUZZ_WORKFLOW",
  routedWorkflow: "FUZZ_ROUTED",
  /** For what is tried without damage in the end. */
  afterwards: ["FUZZ_AFTERWARDS_PLAIN", "FUZZ_AFTERWARDS_TLS"],
  /** Refusals of what is too large, without megabytes. */
  maxRequestBytes: 100_000,
} as const;

/** What earlier answers have told: the newest message ids, so that requests meet messages that are there. */
export interface Known {
  learn(messageId: string): void;
  pick(random: Random): string;
}

const REMEMBERED = 200;

export function knownMessages(): Known {
  const ids: string[] = [];
  let next = 0;
  return {
    learn(messageId) {
      ids[next % REMEMBERED] = messageId;
      next += 1;
    },
    pick: (random) => (ids.length === 0 ? "20260302102030456789_ABC123" : random.pick(ids)),
  };
}

/** @param number makes the token's nonce: no two requests have the same, unless a mutation will have it so */
export function draft(random: Random, number: number | string, known: Known): Draft {
  const mailbox = random.pick(fuzzed.mailboxes);
  const own = `/messageexchange/${mailbox}`;
  const authorization = tokenOf(mailbox, `fuzz-${number}`);
  const headers: [string, string][] = [
    ["Authorization", authorization],
    ["Accept", random.pick(["application/json", "application/vnd.mesh.v2+json", "*/*"])],
  ];
  const ask = (method: string, target: string, more: [string, string][] = []): Draft => ({
    method,
    target,
    headers: [...headers, ...more].map(([name, value]) => [name, value]),
    framing: "length",
  });
  const send = (target: string, more: [string, string][]): Draft => {
    const packed = random.once(4);
    const body = bodyOf(random);
    return {
      ...ask("POST", target, packed ? [...more, ["Content-Encoding", "gzip"]] : more),
      body: packed ? gzipSync(body) : body,
      framing: random.once(3) ? "chunked" : "length",
    };
  };
  const id = known.pick(random);
  const operations: (() => Draft)[] = [
    () => send(`${own}/outbox`, sendHeaders(random, "1:1")),
    () => send(`${own}/outbox`, sendHeaders(random, random.pick(["1:2", "1:3"]))),
    () => send(`${own}/outbox/${id}/${1 + random.below(3)}`, [["Mex-Chunk-Range", `${1 + random.below(3)}:3`]]),
    () => ask("GET", `${own}/inbox${random.pick(["", "?max_results=10", "?workflow_filter=FUZZ*"])}`),
    () => ask("GET", `${own}/inbox?max_results=10&continue_from=${id}`),
    () => ask("GET", `${own}/inbox/rich?max_results=10`),
    () => ask("GET", `${own}/outbox/rich?start_time=2026-01-01T00:00:00Z`),
    () => ask("GET", `${own}/count`),
    () => ask("GET", `${own}/inbox/${id}`, [["Accept-Encoding", random.pick(["gzip", "identity", "*;q=0"])]]),
    () => ask("GET", `${own}/inbox/${id}/${1 + random.below(3)}`),
    () => ask("HEAD", `${own}/inbox/${id}`),
    () => ask("PUT", `${own}/inbox/${id}/status/acknowledged`),
    () => ask("GET", `${own}/outbox/tracking?messageID=${id}`),
    () => ask("GET", `${own}/outbox/tracking/local-${random.below(50)}`),
    () => ask(random.pick(["POST", "GET"]), own, handshakeHeaders),
    () => ask("POST", `${own}/update`),
    () => ask("GET", `/messageexchange/endpointlookup/FZ9/${fuzzed.workflow}`),
    () => ask("GET", `/messageexchange/workflowsearch/FZ9/${fuzzed.workflow}`),
    () => ask("OPTIONS", `${own}/inbox`),
    () => ask("GET", random.pick(["/health", "/livez", "/readyz", "/messageexchange/_ping"])),
  ];
  // Sends are most of what there is to get wrong, and the rest needs something to find.
  return random.once(3) ? operations[0]!() : random.pick(operations)();
}

export function tokenOf(mailboxId: string, nonce: string): string {
  const { password, sharedKey } = fuzzed;
  return createToken({ mailboxId, password, sharedKey, nonce, nonceCount: 0, now: new Date() });
}

const handshakeHeaders: [string, string][] = [
  ["mex-ClientVersion", "fuzz==1"],
  ["mex-OSName", "Linux"],
  ["mex-OSVersion", "6"],
];

function sendHeaders(random: Random, range: string): [string, string][] {
  const routed = random.once(10);
  return [
    ["Mex-To", routed ? "GPPROVIDER_9955260181_14031979_Achterberg-Lowe" : random.pick(fuzzed.mailboxes)],
    ["Mex-WorkflowID", routed ? fuzzed.routedWorkflow : fuzzed.workflow],
    ["Mex-Chunk-Range", range],
    ["Mex-LocalID", `local-${random.below(50)}`],
    ["Mex-Subject", "A subject"],
    ["Content-Type", random.pick(["application/octet-stream", "text/xml; charset=utf-8"])],
  ];
}

function bodyOf(random: Random): Buffer {
  const length = random.pick([1, 10, 500, 3000, 20_000]);
  return random.once(2) ? Buffer.alloc(length, "restante ") : random.bytes(Math.min(length, 500));
}
