import type { MessageId } from "@restante/mesh";
import type { BackOff } from "./back-off.ts";
import type { DirectoryContext } from "./context.ts";
import { asClientError, FolderTrouble } from "./folder-trouble.ts";
import { NoRoom } from "./room.ts";
import { serverAnswers } from "./server-answers.ts";
import { isOfTheWay } from "./way-to-the-server.ts";

/** So long may failures hold up what else is due; then the next poll goes on, at once. Milliseconds. */
const lostAtMost = 2 * 60 * 1000;

/** What failures do to the receiving of one poll: one message's are its own, until they are the server's or a folder's. */
export interface Losses {
  /**
   * One message could not be fetched, filed or acknowledged. Nothing more is begun:
   *
   * - `stop`: every message would meet the same;
   * - `later`: enough time was lost for one poll.
   */
  failed(messageId: MessageId, error: unknown, begunAt: number): Promise<"go on" | "stop" | "later">;
  /** One was received. */
  succeeded(): void;
}

export function createLosses(context: DirectoryContext, backOff: BackOff, signal: AbortSignal): Losses {
  const { troubles } = context;
  let inARow = 0;
  let lostMs = 0;
  let lostUntil = 0;

  return {
    async failed(messageId, error, begunAt) {
      const trouble = asClientError(error);
      // Of an earlier poll that was given up: it is listed again.
      if (trouble.code === "aborted" && !signal.aborted) return "go on";
      if (isOfTheWay(trouble) || isOfAll(trouble)) {
        troubles.met(trouble);
        return "stop";
      }
      troubles.metMessage(messageId, trouble);
      backOff.failed(messageId, trouble instanceof NoRoom ? trouble.needs : undefined);
      if (trouble instanceof FolderTrouble) return "go on";
      inARow += 1;
      // What several lose at the same time is lost once.
      const now = performance.now();
      lostMs += Math.max(0, now - Math.max(begunAt, lostUntil));
      lostUntil = now;
      if (!(await serverAnswers(context, inARow, signal))) return "stop";
      return lostMs > lostAtMost ? "later" : "go on";
    },
    succeeded() {
      inARow = 0;
    },
  };
}

/** Trouble with a disk that every message would meet. */
function isOfAll(trouble: unknown): boolean {
  return trouble instanceof FolderTrouble && (trouble.reach === "folder" || trouble.folder === ".restante");
}
