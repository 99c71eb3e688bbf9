interface Round {
  readonly works: Set<() => void>;
  readonly timer: NodeJS.Timeout;
}

/** By their milliseconds. */
const rounds = new Map<number, Round>();

/**
 * Does a piece of work again and again, at the same moments as all others that are done as often: where many folders are looked
 * at, to wake up for each by itself costs more than to look. The first time may come sooner. Keeps no process from ending.
 *
 * @param work must not throw
 * @returns ends it
 */
export function nowAndThen(everyMs: number, work: () => void): () => void {
  const round = rounds.get(everyMs) ?? begin(everyMs);
  // Its own, as the same work may be wanted twice.
  const mine = (): void => work();
  round.works.add(mine);
  return () => {
    round.works.delete(mine);
    if (round.works.size > 0 || rounds.get(everyMs) !== round) return;
    clearInterval(round.timer);
    rounds.delete(everyMs);
  };
}

function begin(everyMs: number): Round {
  const works = new Set<() => void>();
  const timer = setInterval(() => {
    for (const work of works) work();
  }, everyMs).unref();
  const round = { works, timer };
  rounds.set(everyMs, round);
  return round;
}
