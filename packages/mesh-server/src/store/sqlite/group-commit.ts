// The queue before the writer thread. While one group is being committed, what arrives waits; then all of it goes as the
// next group. So one sync serves as many operations as came during the last one, and a lone operation waits for nobody.
//
//   open     operations are taken, up to a number and a size; more are refused with store-busy.
//   stopped  the writer failed, or close was called. Nothing is taken.

import { once } from "node:events";
import { Worker } from "node:worker_threads";

import { MeshServerError } from "../../errors.ts";
import type { Operation } from "./operations.ts";
import type { GroupAnswer } from "./writer.ts";

const MOST_WAITING = 20_000;
const MOST_WAITING_BYTES = 128 * 1024 * 1024;
const MOST_IN_GROUP = 1000;

interface Waiting {
  operation: Operation;
  bytes: number;
  resolve: (value: unknown) => void;
  reject: (error: Error) => void;
}

export interface GroupCommit {
  /** Resolves with the operation's value when its group is on disk. `bytes` is what it holds in memory, about. */
  submit(operation: Operation, bytes?: number): Promise<unknown>;
  /** Commits what waits, then ends the thread. */
  close(): Promise<void>;
}

export async function startGroupCommit(file: string, onStopped: (reason: string) => void): Promise<GroupCommit> {
  const worker = new Worker(new URL(import.meta.resolve("#writer")), { workerData: { file } });
  // From the start: a thread that has failed has ended before anybody closes it.
  const exited = new Promise((resolve) => {
    worker.once("exit", resolve);
  });
  // Rejects with what the thread threw if it cannot open the database.
  await once(worker, "message");

  let waiting: Waiting[] = [];
  let waitingBytes = 0;
  let flying: Waiting[] = [];
  let stopped: string | undefined;
  let whenIdle: (() => void) | undefined;

  function submit(operation: Operation, bytes = 0): Promise<unknown> {
    if (stopped !== undefined) return Promise.reject(stoppedError());
    if (waiting.length >= MOST_WAITING || waitingBytes + bytes > MOST_WAITING_BYTES) {
      return Promise.reject(new MeshServerError("store-busy", "Too much waits to be written.", { retry: "safe" }));
    }
    return new Promise((resolve, reject) => {
      waiting.push({ operation, bytes, resolve, reject });
      waitingBytes += bytes;
      if (flying.length === 0) sendGroup();
    });
  }

  function sendGroup(): void {
    flying = waiting.splice(0, MOST_IN_GROUP);
    if (flying.length === 0) {
      whenIdle?.();
      return;
    }
    for (const { bytes } of flying) waitingBytes -= bytes;
    worker.postMessage(flying.map(({ operation }) => operation));
  }

  function receive(answer: GroupAnswer): void {
    const group = flying;
    flying = [];
    if ("answers" in answer) settle(group, answer.answers);
    else if (answer.failed === "full") {
      const error = new MeshServerError("store-full", "The disk is full.", { retry: "safe" });
      for (const { reject } of group) reject(error);
    } else {
      stop(answer.reason, group);
    }
    sendGroup();
  }

  function settle(group: Waiting[], answers: Extract<GroupAnswer, { answers: unknown }>["answers"]): void {
    for (const [index, { resolve, reject }] of group.entries()) {
      const answer = answers[index];
      if (answer !== undefined && "value" in answer) resolve(answer.value);
      else reject(new Error(answer?.error ?? "no answer"));
    }
  }

  function stop(reason: string, group: Waiting[]): void {
    if (stopped === undefined) {
      stopped = reason;
      onStopped(reason);
    }
    const inDoubt = new MeshServerError("store-stopped", "Whether it was written is not known.", {
      retry: "ambiguous",
    });
    for (const { reject } of group) reject(inDoubt);
    for (const { reject } of waiting) reject(stoppedError());
    waiting = [];
    waitingBytes = 0;
  }

  worker.on("message", receive);
  worker.on("error", (error) => {
    stop(error instanceof Error ? error.message : "the writer thread failed", flying);
    flying = [];
    whenIdle?.();
  });

  return {
    submit,
    async close() {
      stopped ??= "closed";
      if (flying.length > 0) {
        await new Promise<void>((resolve) => {
          whenIdle = resolve;
        });
      }
      worker.postMessage("close");
      await exited;
    },
  };
}

function stoppedError(): MeshServerError {
  return new MeshServerError("store-stopped", "The store writes nothing until it is started anew.", { retry: "safe" });
}
