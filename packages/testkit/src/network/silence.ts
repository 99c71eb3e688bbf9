// A while in which nothing arrives at either side: no byte, no end, no reset, no new connection. All of it waits in its order.

import { setTimeout as delay } from "node:timers/promises";

export interface Silence {
  /** Now, or in its turn once it is over. */
  heed(act: () => void): void;
  readonly lasts: boolean;
  /** From now on, for so long. A later one takes the place of one that lasts. */
  keep(ms: number): void;
  end(): void;
}

export function createSilence(): Silence {
  let waiting: (() => void)[] = [];
  let lasting: AbortController | undefined;

  function end(): void {
    lasting?.abort();
    lasting = undefined;
    const acts = waiting;
    waiting = [];
    for (const act of acts) act();
  }

  return {
    heed: (act) => (lasting === undefined ? act() : void waiting.push(act)),
    get lasts() {
      return lasting !== undefined;
    },
    keep(ms) {
      lasting?.abort();
      lasting = new AbortController();
      delay(ms, undefined, { signal: lasting.signal }).then(end, () => undefined);
    },
    end,
  };
}
