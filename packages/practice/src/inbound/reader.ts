import { channel } from "node:diagnostics_channel";
import { PracticeError } from "../errors.ts";
import { createThread, ThreadFailure, type ThreadLimits } from "../thread.ts";
import { readArrived, type Reading, type ToRead } from "./reading.ts";

/** Reads messages: one of more than 1 MB in a thread of its own, where a crash is the failure of that message alone. */
export interface Reader extends AsyncDisposable {
  /**
   * Reads one message. `elsewhere`: in the thread, whatever its size.
   *
   * @throws PracticeError "message-unread": the thread crashed, or ran out of memory or time
   */
  read(toRead: ToRead, options?: { elsewhere?: boolean; signal?: AbortSignal | undefined }): Promise<Reading>;
}

/** Says of each message that is read how long it is, and where: `{ bytes, on: "loop" | "thread" }`. */
export const readingChannel: ReturnType<typeof channel> = channel("restante:practice:reading");

/** More is read in the thread. */
export const mostOnLoop: number = 1024 * 1024;

export function createReader(limits: Partial<ThreadLimits> = {}): Reader {
  const thread = createThread<ToRead, Reading>("#reader", limits);
  return {
    async read(toRead, { elsewhere = false, signal } = {}) {
      const bytes = toRead.content.byteLength;
      if (bytes <= mostOnLoop && !elsewhere) {
        readingChannel.publish({ bytes, on: "loop" });
        return readArrived(toRead);
      }
      readingChannel.publish({ bytes, on: "thread" });
      try {
        return await thread.ask(toRead, signal);
      } catch (error) {
        if (!(error instanceof ThreadFailure)) throw error;
        throw new PracticeError("message-unread", `The message could not be read: ${error.message}.`);
      }
    },
    [Symbol.asyncDispose]: async () => thread[Symbol.asyncDispose](),
  };
}
