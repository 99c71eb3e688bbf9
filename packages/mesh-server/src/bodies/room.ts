/** Room for so much at once. Whoever finds none waits, those first that came first. */
export interface Room {
  /**
   * Resolves once there is room, with what gives it back; with nothing if there is none for so long.
   * @param size one larger than all the room takes all of it
   * @throws the signal's reason, once it says that nobody wants it any more
   */
  take(size: number, milliseconds: number, signal?: AbortSignal): Promise<Release | undefined>;
  /** Waits for nothing. Undefined: there is no room now, or others wait for it. */
  takeNow(size: number): Release | undefined;
  /** Nobody has any of it, or waits. */
  isIdle(): boolean;
}

/** Gives it back. To call it again does nothing. */
export type Release = () => void;

export function createRoom(most: number): Room {
  const waiting = new Set<{ size: number; admit: (release: Release) => void }>();
  let taken = 0;

  function has(size: number): boolean {
    return taken + Math.min(size, most) <= most;
  }

  function give(size: number): Release {
    let held = Math.min(size, most);
    taken += held;
    return () => {
      taken -= held;
      held = 0;
      admitNext();
    };
  }

  function admitNext(): void {
    for (const next of waiting) {
      if (!has(next.size)) return;
      waiting.delete(next);
      next.admit(give(next.size));
    }
  }

  function takeNow(size: number): Release | undefined {
    return waiting.size === 0 && has(size) ? give(size) : undefined;
  }

  return {
    takeNow,
    isIdle: () => taken === 0 && waiting.size === 0,
    async take(size, milliseconds, signal) {
      signal?.throwIfAborted();
      return (
        takeNow(size) ??
        new Promise((resolve, reject) => {
          const waiter = {
            size,
            admit(release: Release): void {
              settled();
              resolve(release);
            },
          };
          const timer = setTimeout(() => {
            resolve(undefined);
            leave();
          }, milliseconds);
          signal?.addEventListener("abort", abort);
          waiting.add(waiter);

          function abort(): void {
            reject(signal?.reason as Error);
            leave();
          }
          function leave(): void {
            settled();
            waiting.delete(waiter);
            // Those behind may want less.
            admitNext();
          }
          function settled(): void {
            clearTimeout(timer);
            signal?.removeEventListener("abort", abort);
          }
        })
      );
    },
  };
}
