import { type ConnectionLie, isOfRequest, type Lie, type RandomLies, type RequestLie, type ToldLie } from "./lies.ts";
import { connectionLieOf, requestLieOf } from "./random-lies.ts";

/** Which lie meets which connection and request, and which did. */
export interface Script {
  readonly told: readonly ToldLie[];
  readonly counts: () => { readonly connections: number; readonly requests: number };
  readonly add: (lie: Lie) => void;
  /** From now on the truth. */
  readonly clear: () => void;
  /** Of the next connection: what is to be done to it, and what is to be called when it was. */
  readonly connection: () => Met<ConnectionLie>;
  readonly request: (method: string) => Met<RequestLie>;
}

interface Met<Kind> {
  readonly lie: Kind | undefined;
  readonly did: () => void;
}

export function createScript(lies: readonly Lie[], random: RandomLies | undefined): Script {
  let waiting: Lie[] = [...lies];
  let chance = random;
  const told: ToldLie[] = [];
  let connections = 0;
  let requests = 0;

  /** Those for a number before those for any, and these before those for all. What is for one is then used up. */
  function take<Kind extends Lie>(
    fits: (lie: Lie) => lie is Kind,
    numberOf: (lie: Kind) => number | "every" | undefined,
    number: number,
  ): Kind | undefined {
    const fitting = waiting.filter(fits);
    for (const wanted of [number, undefined, "every"] as const) {
      const found = fitting.find((lie) => numberOf(lie) === wanted);
      if (found === undefined) continue;
      if (wanted !== "every") waiting = waiting.filter((lie) => lie !== found);
      return found;
    }
    return undefined;
  }

  return {
    told,
    counts: () => ({ connections, requests }),
    add: (lie) => void waiting.push(lie),
    clear: () => {
      waiting = [];
      chance = undefined;
    },
    connection: () => {
      const connection = (connections += 1);
      const isOfConnection = (lie: Lie): lie is Exclude<Lie, RequestLie> => !isOfRequest(lie);
      const lie =
        take(isOfConnection, (one) => one.connection, connection) ??
        (chance === undefined ? undefined : connectionLieOf(chance, connection));
      return { lie, did: () => void (lie !== undefined && told.push({ ...lie, connection })) };
    },
    request: (method) => {
      const request = (requests += 1);
      const isOfThis = (lie: Lie): lie is Extract<Lie, RequestLie> =>
        isOfRequest(lie) && (lie.method ?? method) === method;
      const lie =
        take(isOfThis, (one) => one.request, request) ??
        (chance === undefined ? undefined : requestLieOf(chance, request));
      return { lie, did: () => void (lie !== undefined && told.push({ ...lie, request })) };
    },
  };
}
