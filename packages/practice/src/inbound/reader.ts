import { channel } from "node:diagnostics_channel";
import { Worker } from "node:worker_threads";
import { PracticeError } from "../errors.ts";
import { readArrived, type Reading, type ToRead } from "./reading.ts";

// Messages of more than 1 MB are read in a thread of their own: the loop serves the pages, and in `restante up` other
// organisations and the MESH server too.
//
//   none     there is no thread. It is started by the first message that needs it.
//   reading  it has one message. A message that comes meanwhile waits its turn.
//   idle     it waits for the next, and is ended after a while.
//
// A thread that crashes, needs more memory than it may have, or takes too long fails the one message that it was reading.

export interface Reader extends AsyncDisposable {
  /**
   * Reads one message. `elsewhere`: in the thread, whatever its size.
   *
   * @throws PracticeError "message-unread": the thread crashed, or ran out of memory or time
   */
  read(toRead: ToRead, options?: { elsewhere?: boolean; signal?: AbortSignal | undefined }): Promise<Reading>;
}

/** Says of each message that was read how long it was, and where: `{ bytes, on: "loop" | "thread" }`. */
export const readingChannel: ReturnType<typeof channel> = channel("restante:practice:reading");

/** More is read elsewhere. */
export const mostOnLoop: number = 1024 * 1024;

const defaults = { timeMs: 60_000, memoryMb: 1024, idleMs: 10_000 };

export function createReader(options: Partial<typeof defaults> = {}): Reader {
  const { timeMs, memoryMb, idleMs } = { ...defaults, ...options };
  let worker: Worker | undefined;
  let idle: NodeJS.Timeout | undefined;
  let last: Promise<unknown> = Promise.resolve();

  function start(): Worker {
    const started = new Worker(new URL(import.meta.resolve("#reader")), {
      resourceLimits: { maxOldGenerationSizeMb: memoryMb },
      // What it might print of a message is nobody's to read.
      stdout: true,
      stderr: true,
    });
    started.unref();
    // What an ended thread still says belongs to no message.
    started.on("error", () => undefined);
    return started;
  }

  async function end(): Promise<void> {
    clearTimeout(idle);
    const ending = worker;
    worker = undefined;
    await ending?.terminate();
  }

  async function readElsewhere(toRead: ToRead, signal: AbortSignal | undefined): Promise<Reading> {
    signal?.throwIfAborted();
    clearTimeout(idle);
    worker ??= start();
    const reading = worker;
    const { promise, resolve, reject } = Promise.withResolvers<Reading>();
    const fail = (why: string) => (): void => reject(unread(why));
    const failed = fail("the thread that read it crashed");
    const onAbort = (): void => reject(signal?.reason as Error);
    const timer = setTimeout(fail("reading it took too long"), timeMs);
    signal?.addEventListener("abort", onAbort, { once: true });
    reading.once("message", resolve).once("error", failed).once("exit", failed);
    try {
      reading.postMessage(toRead);
      const result = await promise;
      idle = setTimeout(() => void end(), idleMs).unref();
      return result;
    } catch (error) {
      await end();
      throw error;
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
      reading.off("message", resolve).off("error", failed).off("exit", failed);
    }
  }

  return {
    async read(toRead, { elsewhere = false, signal } = {}) {
      const bytes = toRead.content.byteLength;
      if (bytes <= mostOnLoop && !elsewhere) {
        readingChannel.publish({ bytes, on: "loop" });
        return readArrived(toRead);
      }
      readingChannel.publish({ bytes, on: "thread" });
      const turn = last.then(async () => readElsewhere(toRead, signal));
      last = turn.catch(() => undefined);
      return turn;
    },
    [Symbol.asyncDispose]: end,
  };
}

function unread(why: string): PracticeError {
  return new PracticeError("message-unread", `The message could not be read: ${why}.`);
}
