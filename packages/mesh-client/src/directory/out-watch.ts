import { type FSWatcher, watch } from "node:fs";
import { stat } from "node:fs/promises";
import { nowAndThen } from "@restante/durable";
import type { Wake } from "./wake.ts";

/** Tells that something came to OUT, or went from it. */
export interface OutWatch extends Disposable {
  /** A look at OUT is to begin: it sees what has changed up to now, and anything from here on is a change. */
  looks(): Promise<void>;
  /**
   * Resolves at the first change since `looks`, when the client is woken, when the time is over, or when it is given up. What the
   * client itself does in OUT is a change too: it makes for one look more, which finds nothing to do.
   */
  changed(withinMs: number, signal: AbortSignal): Promise<void>;
}

/** So often the folder is asked when it last changed: shares, and what is mounted into a container, do not notify. */
const askEveryMs = 1500;

/** By the notices of the system and, behind them, by asking. That what came has settled is for who looks to see. */
export function watchOut(path: string, wake: Wake): OutWatch {
  let isChanged = false;
  let seen: string | undefined;
  let isAsking = false;
  let isOver = false;
  let watcher = open();

  function change(): void {
    isChanged = true;
    wake.wake();
  }

  function open(): FSWatcher | undefined {
    try {
      return watch(path, { persistent: false }, change).on("error", close);
    } catch {
      // Too many watches, or the folder is gone: what is left is asking.
      return undefined;
    }
  }

  function close(): void {
    watcher?.close();
    watcher = undefined;
  }

  /** Gives whether it has changed since it was last asked for. */
  async function ask(): Promise<boolean> {
    // A folder that is gone is told at the next poll.
    const found = await stat(path, { bigint: true }).catch(() => undefined);
    const now = found === undefined ? gone : `${found.dev}:${found.ino}:${found.mtimeNs}`;
    if (isOver || now === seen) return false;
    // It may be another folder now, of which the system gives no notice.
    if (seen !== undefined && folderOf(now) !== folderOf(seen)) {
      close();
      if (now !== gone) watcher = open();
    }
    seen = now;
    return true;
  }

  async function askAgain(): Promise<void> {
    // On a share that hangs, one question waits, and not one more each time.
    if (isAsking) return;
    isAsking = true;
    if (await ask()) change();
    isAsking = false;
  }

  return {
    async looks() {
      isChanged = false;
      await ask();
    },
    async changed(withinMs, signal) {
      if (isChanged || signal.aborted) return;
      const stopAsking = nowAndThen(askEveryMs, () => void askAgain());
      void askAgain();
      await wake.wait(withinMs, signal);
      stopAsking();
    },
    [Symbol.dispose]: () => {
      isOver = true;
      close();
    },
  };
}

const gone = "gone";

function folderOf(state: string | undefined): string | undefined {
  return state?.slice(0, state.lastIndexOf(":"));
}
