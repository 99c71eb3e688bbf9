import { type FSWatcher, watch } from "node:fs";
import { stat } from "node:fs/promises";
import type { Wake } from "./wake.ts";

/** Tells that something came to OUT, or went from it. */
export interface OutWatch extends Disposable {
  /** A look at OUT begins: it sees what has changed up to now. */
  looks(): void;
  /**
   * Resolves at the first change since `looks`, when the client is woken, when the time is over, or when it is given up. What the client itself does in
   * OUT is a change too: it makes for one look more, which finds nothing to do.
   */
  changed(withinMs: number, signal: AbortSignal): Promise<void>;
}

/** So often the folder is asked when it last changed: shares, and what is mounted into a container, do not notify. */
const askEveryMs = 1000;

/** By the notices of the system and, behind them, by asking. That what came has settled is for who looks to see. */
export function watchOut(path: string, wake: Wake): OutWatch {
  let isChanged = false;
  let seen: string | undefined;
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

  async function ask(): Promise<void> {
    // A folder that is gone is told at the next poll.
    const found = await stat(path, { bigint: true }).catch(() => undefined);
    if (isOver) return;
    const now = found === undefined ? gone : `${found.dev}:${found.ino}:${found.mtimeNs}`;
    if (now === seen) return;
    const isFirst = seen === undefined;
    // It may be another folder now, of which the system gives no notice.
    if (!isFirst && folderOf(now) !== folderOf(seen)) {
      close();
      if (now !== gone) watcher = open();
    }
    seen = now;
    if (!isFirst) change();
  }

  return {
    looks: () => void (isChanged = false),
    async changed(withinMs, signal) {
      if (isChanged || signal.aborted) return;
      const asking = setInterval(() => void ask(), askEveryMs);
      void ask();
      await wake.wait(withinMs, signal);
      clearInterval(asking);
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
