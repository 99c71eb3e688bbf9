/** Runs passes: one at a time, on call and on a timer. */
export interface Polling {
  /** One pass of its own; waits for a running one first. */
  readonly cycle: (signal?: AbortSignal) => Promise<void>;
  readonly start: () => void;
  /** Something is to be done now, or in `afterMs`, rather than at the next poll. Without effect before `start`. */
  readonly wake: (afterMs?: number) => void;
  /** No pass begins after this; resolves when the running one has ended. */
  readonly stop: () => Promise<void>;
}

/**
 * States of the timer: `idle` until `start`; `waiting` with a timer set; `running` a pass, with `woken` set if another
 * must follow at once; `stopped` for good.
 */
export function createPolling({
  pass,
  intervalMs,
  onFailure,
}: {
  /** True: more is waiting. */
  pass: (signal?: AbortSignal) => Promise<boolean>;
  intervalMs: number;
  onFailure: (error: unknown) => void;
}): Polling {
  const stopping = new AbortController();
  let last: Promise<unknown> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;
  const later = new Set<NodeJS.Timeout>();
  let started = false;
  let running = false;
  let woken = false;

  /** Passes queue up behind each other, whoever asks for them. */
  async function inTurn(signal: AbortSignal): Promise<boolean> {
    const turn = last.then(async () => {
      signal.throwIfAborted();
      return pass(signal);
    });
    last = turn.catch(() => undefined);
    return turn;
  }

  async function run(): Promise<void> {
    running = true;
    woken = false;
    let more = false;
    try {
      more = await inTurn(stopping.signal);
    } catch (error) {
      if (!stopping.signal.aborted) onFailure(error);
    }
    running = false;
    schedule(more || woken ? 0 : intervalMs);
  }

  function schedule(delayMs: number): void {
    clearTimeout(timer);
    if (!stopping.signal.aborted) timer = setTimeout(() => void run(), delayMs);
  }

  function wakeNow(): void {
    if (running) woken = true;
    else if (started) schedule(0);
  }

  function wakeLater(afterMs: number): void {
    const one = setTimeout(() => {
      later.delete(one);
      wakeNow();
    }, afterMs + 1);
    later.add(one);
  }

  return {
    async cycle(signal) {
      await inTurn(signal === undefined ? stopping.signal : AbortSignal.any([signal, stopping.signal]));
    },
    start() {
      if (started) return;
      started = true;
      schedule(0);
    },
    wake(afterMs = 0) {
      if (afterMs === 0) wakeNow();
      else if (started && !stopping.signal.aborted) wakeLater(afterMs);
    },
    async stop() {
      stopping.abort();
      clearTimeout(timer);
      for (const one of later) clearTimeout(one);
      await last;
    },
  };
}
