/** Ends a wait before its time. */
export interface Wake {
  /** Ends the wait that is going on, or else the next one. */
  wake(): void;
  /** Ends when it is woken, at an abort, or after so many milliseconds, if that is said. Gives whether it was woken. */
  wait(ms: number | undefined, signal?: AbortSignal): Promise<boolean>;
}

export function createWake(): Wake {
  let isWoken = false;
  let end: (() => void) | undefined;
  return {
    wake() {
      isWoken = true;
      end?.();
    },
    async wait(ms, signal) {
      if (!isWoken && signal?.aborted !== true) {
        const { promise, resolve } = Promise.withResolvers<void>();
        end = resolve;
        const timer = ms === undefined ? undefined : setTimeout(resolve, ms);
        const onAbort = (): void => resolve();
        signal?.addEventListener("abort", onAbort, { once: true });
        await promise;
        signal?.removeEventListener("abort", onAbort);
        clearTimeout(timer);
        end = undefined;
      }
      const was = isWoken;
      isWoken = false;
      return was;
    },
  };
}
