// The thread of digests (digests.ts). What it is given is memory that it shares: nothing is copied to it.

import { createHash, type Hash } from "node:crypto";
import { parentPort } from "node:worker_threads";

/** Bytes of a body, its end, or that nobody wants to know any more. Each is answered, in their order. */
export type Told = { of: number; bytes: Uint8Array<SharedArrayBuffer> } | { of: number; end: "digest" | "dropped" };

const hashes = new Map<number, Hash>();

parentPort?.on("message", (told: Told) => {
  let hash = hashes.get(told.of);
  if (hash === undefined) hashes.set(told.of, (hash = createHash("sha256")));
  if ("bytes" in told) hash.update(told.bytes);
  else hashes.delete(told.of);
  parentPort?.postMessage("end" in told && told.end === "digest" ? hash.digest() : undefined);
});
