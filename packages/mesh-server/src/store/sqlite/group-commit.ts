// The queue before the writer thread. While one group is being committed, what arrives waits; then all of it goes as the
// next group. So one sync serves as many operations as came during the last one, and a lone operation waits for nobody.
// What arrives in one turn of the event loop goes together too: a disk that is idle does not begin with the first of them.
// An operation that nobody waits for (a token of a request without effect) goes with the next that somebody does wait for, or
// with others of its kind a moment later: a sync of its own would cost more than all else that its request does.
//
//   open     operations are taken, up to a number and a size; more are refused with store-busy.
//   full     the disk was full, and the reserve is given: what is new is refused with store-full. The rest of the group
//            that met it is tried again with that room, in small groups, so that the journal does not grow.
//   damaged  a read found damage: what is new is refused with store-damaged, so that nobody entrusts it with more.
//   stopped  the writer failed, another took the folder, or close was called. Nothing is taken.

import { once } from "node:events";
import { Worker } from "node:worker_threads";

import { MeshServerError } from "../../errors.ts";
import type { MailboxLimits } from "../store.ts";
import { type Operation, takesNew } from "./operations.ts";
import type { Reserve } from "./reserve.ts";
import type { Errand } from "./snapshot.ts";
import type { GroupAnswer, Task } from "./writer.ts";

const MOST_WAITING = 20_000;
const MOST_WAITING_BYTES = 128 * 1024 * 1024;
const MOST_IN_GROUP = 1000;
const MOST_IN_GROUP_WHEN_FULL = 50;
const SLOW_MS = 30_000;
/** So long an operation that nobody waits for stays in memory where no other goes. */
const UNWAITED_MS = 20;
const MOST_UNWAITED = 500;

interface Asked {
  resolve: (value: unknown) => void;
  reject: (error: Error) => void;
}

interface Waiting extends Asked {
  operation: Operation;
  bytes: number;
}

export interface SubmitOptions {
  /** What the operation holds in memory, about. */
  bytes?: number;
  /** Nobody waits for it: it may go with a later group. */
  unwaited?: boolean;
}

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

  let waiting: Waiting[] = [];
  let waitingBytes = 0;
  let isWaitedFor = false;
  let unwaitedGo: NodeJS.Timeout | undefined;
  let atEndOfTurn: NodeJS.Immediate | undefined;
  let flying: Waiting[] = [];
  let errands: (Asked & { errand: Errand })[] = [];
  let alone: (Asked & { errand: Errand }) | undefined;
  let stopped: string | undefined;
  let damaged = false;
  let trouble: string | undefined;
  let flyingSince = 0;
  let whenIdle: (() => void) | undefined;

  function submit(operation: Operation, { bytes = 0, unwaited = false }: SubmitOptions = {}): Promise<unknown> {
    if (stopped !== undefined) return Promise.reject(stoppedError());
    if (takesNew(operation)) {
      if (damaged) return Promise.reject(damagedError());
      if (!reserve.isHeld()) {
        onFull();
        return Promise.reject(fullError());
      }
    }
    if (waiting.length >= MOST_WAITING || waitingBytes + bytes > MOST_WAITING_BYTES) {
      return Promise.reject(busyError("Too much waits to be written."));
    }
    return new Promise((resolve, reject) => {
      waiting.push({ operation, bytes, resolve, reject });
      waitingBytes += bytes;
      isWaitedFor ||= !unwaited || waiting.length >= MOST_UNWAITED;
      sendIfDue();
    });
  }

  /** Sends what waits at the end of this turn, if the writer is idle and somebody waits for it; if nobody does, in a moment. */
  function sendIfDue(): void {
    if (!isIdle()) return;
    if (isWaitedFor || errands.length > 0) atEndOfTurn ??= setImmediate(sendWaited);
    else if (waiting.length > 0) unwaitedGo ??= setTimeout(sendUnwaited, UNWAITED_MS);
    else whenIdle?.();
  }

  function sendWaited(): void {
    atEndOfTurn = undefined;
    if (isIdle() && (isWaitedFor || errands.length > 0)) sendGroup();
    else sendIfDue();
  }

  function sendUnwaited(): void {
    unwaitedGo = undefined;
    isWaitedFor = waiting.length > 0;
    sendIfDue();
  }

  function send(errand: Errand): Promise<unknown> {
    if (stopped !== undefined) return Promise.reject(stoppedError());
    return new Promise((resolve, reject) => {
      errands.push({ errand, resolve, reject });
      sendIfDue();
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
    flying = waiting.splice(0, isFull ? MOST_IN_GROUP_WHEN_FULL : MOST_IN_GROUP);
    isWaitedFor = waiting.length > 0;
    for (const { bytes } of flying) waitingBytes -= bytes;
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
    sendIfDue();
  }

  /** What is not new is tried again, once the reserve has made room for it. */
  function makeRoom(group: Waiting[]): void {
    onFull();
    const wasHeld = reserve.isHeld();
    if (wasHeld) order({ task: "take-room", ...reserve.give() });
    const [kept, refused]: [Waiting[], Waiting[]] = [[], []];
    for (const each of group) (wasHeld && !takesNew(each.operation) ? kept : refused).push(each);
    for (const each of waiting) (takesNew(each.operation) ? refused : kept).push(each);
    for (const { reject } of refused) reject(fullError());
    waiting = kept;
    isWaitedFor = kept.length > 0;
    waitingBytes = waiting.reduce((sum, { bytes }) => sum + bytes, 0);
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
    const inDoubt = new MeshServerError("store-stopped", "Whether it was written is not known.", {
      retry: "ambiguous",
    });
    for (const { reject } of asked) reject(inDoubt);
    for (const { reject } of [...waiting, ...errands]) reject(stoppedError());
    waiting = [];
    errands = [];
    waitingBytes = 0;
    isWaitedFor = false;
  }

  worker.on("message", receive);
  function end(reason: string): void {
    stop(reason, alone === undefined ? flying : [alone]);
    flying = [];
    alone = undefined;
    whenIdle?.();
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
    isIdle: () => isIdle() && waiting.length === 0,
    trouble() {
      const isSlow = !isIdle() && performance.now() - flyingSince > SLOW_MS;
      return trouble ?? (isSlow ? "the disk has not taken a commit for 30 seconds" : undefined);
    },
    // What is being committed now has its answer when it is: the file is still the store's.
    stop: (reason) => stop(reason, []),
    async close() {
      stopped ??= "closed";
      clearTimeout(unwaitedGo);
      sendUnwaited();
      if (!isIdle() || atEndOfTurn !== undefined) {
        await new Promise<void>((resolve) => {
          whenIdle = resolve;
        });
      }
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
