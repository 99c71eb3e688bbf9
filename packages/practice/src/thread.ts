import { Worker } from "node:worker_threads";

// A thread beside the loop, for what takes long: the loop serves the pages, and in `restante up` other organisations and
// the MESH server too.
//
//   none     there is no thread. It is started by the first question.
//   asked    it has one question. A question that comes meanwhile waits its turn.
//   idle     it waits for the next, and is ended after a while.
//
// A thread that crashes, needs more memory than it may have, or takes too long fails the one question that it had.

export interface Thread<Question, Answer> extends AsyncDisposable {
  /** @throws ThreadFailure; whatever the signal was aborted with */
  ask(question: Question, signal?: AbortSignal): Promise<Answer>;
}

export interface ThreadLimits {
  readonly timeMs: number;
  readonly memoryMb: number;
  readonly idleMs: number;
}

const defaults: ThreadLimits = { timeMs: 60_000, memoryMb: 1024, idleMs: 10_000 };

/** It gave no answer. The message is the end of a sentence: "it crashed". */
export class ThreadFailure extends Error {}

/** @param name of the module that answers, as package.json's `imports` has it; it posts one message for each it gets */
export function createThread<Question, Answer>(
  name: "#reader" | "#report-writer",
  limits: Partial<ThreadLimits> = {},
): Thread<Question, Answer> {
  const { timeMs, memoryMb, idleMs } = { ...defaults, ...limits };
  let worker: Worker | undefined;
  let idle: NodeJS.Timeout | undefined;
  let last: Promise<unknown> = Promise.resolve();

  function start(): Worker {
    const started = new Worker(new URL(import.meta.resolve(name)), {
      resourceLimits: { maxOldGenerationSizeMb: memoryMb },
      // What it might print of a message is nobody's to read.
      stdout: true,
      stderr: true,
    });
    started.unref();
    // What an ended thread still says belongs to no question.
    started.on("error", () => undefined);
    // Ended while it was idle, as when the machine had no memory left: the next question must not wait for it.
    started.once("exit", () => {
      if (worker === started) worker = undefined;
    });
    return started;
  }

  async function end(): Promise<void> {
    clearTimeout(idle);
    const ending = worker;
    worker = undefined;
    await ending?.terminate();
  }

  async function askNow(question: Question, signal: AbortSignal | undefined): Promise<Answer> {
    signal?.throwIfAborted();
    clearTimeout(idle);
    worker ??= start();
    const asked = worker;
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    const onCrash = (): void => reject(new ThreadFailure("it crashed"));
    const onAbort = (): void => reject(signal?.reason as Error);
    const timer = setTimeout(() => reject(new ThreadFailure("it took too long")), timeMs);
    signal?.addEventListener("abort", onAbort, { once: true });
    asked.once("message", resolve).once("error", onCrash).once("exit", onCrash);
    try {
      asked.postMessage(question);
      const answer = await promise;
      idle = setTimeout(() => void end(), idleMs).unref();
      return answer;
    } catch (error) {
      await end();
      throw error;
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
      asked.off("message", resolve).off("error", onCrash).off("exit", onCrash);
    }
  }

  return {
    async ask(question, signal) {
      const turn = last.then(async () => askNow(question, signal));
      last = turn.catch(() => undefined);
      return turn;
    },
    [Symbol.asyncDispose]: end,
  };
}
