import { UsersError } from "./users-error.ts";

/**
 * Does so many things at once, and has so many others wait: whoever asks for more is refused at once, so that what is waited
 * for has an end.
 */
export function inTurn(atOnce: number, mostWaiting: number): <Result>(work: () => Promise<Result>) => Promise<Result> {
  let underWay = 0;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (underWay < atOnce) underWay += 1;
    else if (waiting.length < mostWaiting) await new Promise<void>((resolve) => waiting.push(resolve));
    else
      throw new UsersError("busy", "Many people are signing in at this moment. Try again in a minute.", {
        retry: "safe",
      });
    try {
      return await work();
    } finally {
      // Whoever waits takes over the place: nobody who comes in between does.
      const next = waiting.shift();
      if (next === undefined) underWay -= 1;
      else next();
    }
  };
}
