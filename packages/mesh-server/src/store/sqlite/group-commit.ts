// Between the queue (../queue.ts) and the writer thread, which commits a group at a time.
//
//   open     operations are taken, up to a number and a size; more are refused with store-busy.
//   full     the disk was full, and the reserve is given: what is new is refused with store-full. The rest of the group
//            that met it is tried again with that room, in small groups, so that the journal does not grow.
//   damaged  a read found damage: what is new is refused with store-damaged, so that nobody entrusts it with more.
//   stopped  the writer failed, another took the folder, or close was called. Nothing is taken.

import { once } from "node:events";
import { Worker } from "node:worker_threads";

import { MeshServerError } from "../../errors.ts";
import { type Asked, createQueue, type SubmitOptions, type Queued } from "../queue.ts";
import type { MailboxLimits } from "../store.ts";
import { type Operation, takesNew } from "./operations.ts";
import type { Reserve } from "./reserve.ts";
import type { Errand } from "./snapshot.ts";
import type { GroupAnswer, Task } from "./writer.ts";

const MOST_IN_GROUP = 1000;
const MOST_IN_GROUP_WHEN_FULL = 50;
const SLOW_MS = 30_000;

export interface GroupCommit {
  /** Resolves with the operation's value when its group is on disk. */
  submit(operation: Operation, options?: SubmitOptions): Promise<unknown>;
  /** Has it done alone, after the group that is being committed now and before what waits. Resolves with its value. */
  send(errand: Errand): Promise<unknown>;
  /** Takes nothing new from now on. */
  markDamaged(): void;
  isStopped(): boolean;
  /** Nothing waits, and nothing is being committed. */
  isIdle(): boolean;
  /** What keeps the writer from writing now, though it goes on trying; undefined if nothing does. */
  trouble(): string | undefined;
  /** Takes nothing at all from now on. */
  stop(reason: string): void;
  /** Commits what waits, then ends the thread. */
  close(): Promise<void>;
}

export interface GroupCommitOptions {
  reserve: Reserve;
  limits?: MailboxLimits;
  /** Told once, when nothing is taken any more. */
  onStopped: (reason: string) => void;
  /** Told each time something is refused for want of room. */
  onFull: () => void;
}

export async function startGroupCommit(
  file: string,
  { reserve, limits = {}, onStopped, onFull }: GroupCommitOptions,
): Promise<GroupCommit> {
  const worker = new Worker(new URL(import.meta.resolve("#writer")), { workerData: { file, limits } });
  // From the start: a thread that has failed has ended before anybody closes it.
  const exited = new Promise((resolve) => {
    worker.once("exit", resolve);
  });
  // Rejects with what the thread threw if it cannot open the database.
  await once(worker, "message");

  const queue = createQueue<Operation>({ isIdle, send: sendGroup });
  let flying: Queued<Operation>[] = [];
  let errands: (Asked & { errand: Errand })[] = [];
  let alone: (Asked & { errand: Errand }) | undefined;
  let stopped: string | undefined;
  let damaged = false;
  let trouble: string | undefined;
  let flyingSince = 0;

  function submit(operation: Operation, options?: SubmitOptions): Promise<unknown> {
    if (stopped !== undefined) return Promise.reject(stoppedError());
    if (takesNew(operation)) {
      if (damaged) return Promise.reject(damagedError());
      if (!reserve.isHeld()) {
        onFull();
        return Promise.reject(fullError());
      }
    }
    return queue.submit(operation, options);
  }

  function send(errand: Errand): Promise<unknown> {
    if (stopped !== undefined) return Promise.reject(stoppedError());
    return new Promise((resolve, reject) => {
      errands.push({ errand, resolve, reject });
      queue.hurry();
    });
  }

  function isIdle(): boolean {
    return flying.length === 0 && alone === undefined;
  }

  function sendGroup(): void {
    alone = errands.shift();
    if (alone !== undefined) {
      flyingSince = performance.now();
      order({ task: "errand", errand: alone.errand });
      return;
    }
    const isFull = !reserve.isHeld();
    flying = queue.take(isFull ? MOST_IN_GROUP_WHEN_FULL : MOST_IN_GROUP);
    if (flying.length === 0) return queue.sendIfDue();
    flyingSince = performance.now();
    order({ task: "run", group: flying.map(({ operation }) => operation), isFull });
  }

  function order(task: Task): void {
    worker.postMessage(task);
  }

  function receive(answer: GroupAnswer): void {
    const group = flying;
    flying = [];
    const asked = alone === undefined ? group : [alone];
    alone = undefined;
    trouble = "failed" in answer && answer.failed === "busy" ? answer.reason : undefined;
    if ("answers" in answer) settle(asked, answer.answers);
    else if (answer.failed === "full") makeRoom(group);
    else if (answer.failed === "busy") for (const { reject } of asked) reject(busyError("Another program holds it."));
    else stop(answer.reason, asked);
    queue.sendIfDue();
  }

  /** What is not new is tried again, once the reserve has made room for it. */
  function makeRoom(group: readonly Queued<Operation>[]): void {
    onFull();
    const wasHeld = reserve.isHeld();
    if (wasHeld) order({ task: "take-room", ...reserve.give() });
    const isKept = ({ operation }: Queued<Operation>): boolean => wasHeld && !takesNew(operation);
    for (const each of group) if (!isKept(each)) each.reject(fullError());
    queue.refuse(fullError(), takesNew);
    queue.putBack(group.filter(isKept));
  }

  function settle(asked: readonly Asked[], answers: Extract<GroupAnswer, { answers: unknown }>["answers"]): void {
    for (const [index, { resolve, reject }] of asked.entries()) {
      const answer = answers[index];
      if (answer !== undefined && "value" in answer) resolve(answer.value);
      else reject(new Error(answer?.error ?? "no answer"));
    }
  }

  function stop(reason: string, asked: readonly Asked[]): void {
    if (stopped === undefined) {
      stopped = reason;
      onStopped(reason);
    }
    const inDoubt = new MeshServerError("commit-unknown", "Whether it was written is not known.", {
      retry: "ambiguous",
    });
    for (const { reject } of asked) reject(inDoubt);
    for (const { reject } of errands) reject(stoppedError());
    errands = [];
    queue.refuse(stoppedError());
  }

  worker.on("message", receive);
  function end(reason: string): void {
    stop(reason, alone === undefined ? flying : [alone]);
    flying = [];
    alone = undefined;
    queue.sendIfDue();
  }

  worker.on("error", (error) => end(Error.isError(error) ? error.message : "the writer thread failed"));
  // Also of a thread that was closed: then nothing is left to be told.
  worker.on("exit", () => end("the writer thread ended"));

  return {
    submit,
    send,
    markDamaged() {
      damaged = true;
    },
    isStopped: () => stopped !== undefined,
    isIdle: () => isIdle() && queue.isEmpty(),
    trouble() {
      const isSlow = !isIdle() && performance.now() - flyingSince > SLOW_MS;
      return trouble ?? (isSlow ? "the disk has not taken a commit for 30 seconds" : undefined);
    },
    // What is being committed now has its answer when it is: the file is still the store's.
    stop: (reason) => stop(reason, []),
    async close() {
      stopped ??= "closed";
      await queue.drain();
      order({ task: "close" });
      await exited;
    },
  };
}

function busyError(words: string): MeshServerError {
  return new MeshServerError("store-busy", words, { retry: "safe" });
}

function fullError(): MeshServerError {
  return new MeshServerError("store-full", "The disk is full.", { retry: "safe" });
}

function damagedError(): MeshServerError {
  return new MeshServerError("store-damaged", "The store is damaged: it takes nothing new.", { retry: "safe" });
}

export function stoppedError(): MeshServerError {
  return new MeshServerError("store-stopped", "The store writes nothing until it is started anew.", { retry: "safe" });
}
