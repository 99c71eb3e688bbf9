/** How often one program may ask. */
export interface RequestRate {
  /** Counts a request; undefined: it is within the rate. Else the seconds until it would be. */
  take(who: string): number | undefined;
}

/** So many at once, and so many a second from then on: enough to fetch every document of a busy day in an hour. */
const most = 300;
const perSecond = 10;

/** @param now in milliseconds, of a clock that never goes back */
export function createRequestRate(now: () => number = () => performance.now()): RequestRate {
  const left = new Map<string, { requests: number; at: number }>();
  return {
    take(who) {
      const at = now();
      const before = left.get(who) ?? { requests: most, at };
      const requests = Math.min(most, before.requests + ((at - before.at) / 1000) * perSecond);
      const isWithin = requests >= 1;
      left.set(who, { requests: isWithin ? requests - 1 : requests, at });
      return isWithin ? undefined : Math.ceil((1 - requests) / perSecond);
    },
  };
}
