// SHA-256 of large bodies, beside the thread that serves: it costs half a millisecond a megabyte, once as a body comes and
// once as it goes, and while it is computed nobody else is served. A thread for the process, begun with the first large
// body: it holds up neither the end of the process nor of a server.

import { createHash } from "node:crypto";
import { Worker } from "node:worker_threads";

import { MeshServerError } from "../errors.ts";
import type { Told } from "./digest-thread.ts";

/** Up to this size a digest takes less than to tell another thread of it would spare. */
const MOST_HERE = 1024 * 1024;

export interface Digest extends Disposable {
  /** Its bytes are not to change until this resolves. */
  update(bytes: Uint8Array): Promise<void>;
  digest(): Promise<Uint8Array>;
}

/** For what is digested beside: memory that threads share. */
export function sharedBytes(size: number): Uint8Array<SharedArrayBuffer> {
  return new Uint8Array(new SharedArrayBuffer(size));
}

export function isDigestedBeside(size: number): boolean {
  return size > MOST_HERE;
}

/** @param beside of memory that is shared, and of nothing else */
export function beginDigest(beside: boolean): Digest {
  return beside ? digestBeside() : digestHere();
}

function digestHere(): Digest {
  const hash = createHash("sha256");
  return {
    update: async (bytes) => void hash.update(bytes),
    digest: async () => hash.digest(),
    [Symbol.dispose]: () => undefined,
  };
}

interface Thread {
  ask(told: Told): Promise<unknown>;
}

let thread: Thread | undefined;
let last = 0;

function digestBeside(): Digest {
  const its = (thread ??= startThread());
  const of = (last += 1);
  let isOver = false;
  return {
    update: async (bytes) => void (await its.ask({ of, bytes: bytes as Uint8Array<SharedArrayBuffer> })),
    async digest() {
      isOver = true;
      return (await its.ask({ of, end: "digest" })) as Uint8Array;
    },
    [Symbol.dispose]() {
      if (!isOver) its.ask({ of, end: "dropped" }).catch(() => undefined);
    },
  };
}

function startThread(): Thread {
  const worker = new Worker(new URL(import.meta.resolve("#digest-thread")));
  let failed: MeshServerError | undefined;
  const waiting: PromiseWithResolvers<unknown>[] = [];

  worker.on("message", (answer) => {
    waiting.shift()?.resolve(answer);
    if (waiting.length === 0) worker.unref();
  });
  worker.on("error", end);
  worker.on("exit", () => end());
  worker.unref();

  /** What is asked next begins another. */
  function end(cause?: unknown): void {
    failed ??= new MeshServerError("store-busy", "The thread of digests has ended.", { cause, retry: "safe" });
    if (thread === self) thread = undefined;
    for (const { reject } of waiting.splice(0)) reject(failed);
  }

  const self: Thread = {
    ask(told) {
      if (failed !== undefined) return Promise.reject(failed);
      const asked = Promise.withResolvers<unknown>();
      if (waiting.push(asked) === 1) worker.ref();
      worker.postMessage(told);
      return asked.promise;
    },
  };
  return self;
}
