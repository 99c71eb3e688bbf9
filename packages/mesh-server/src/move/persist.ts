// A move of hours meets connections that break off, and now and then a failover: what failed so is tried again, for about a minute.

import { setTimeout as wait } from "node:timers/promises";

import { MeshServerError } from "../errors.ts";
import { CommitUnknown, isLockTimeout, isWorthAnotherTry } from "../store/postgres/database.ts";
import { CopiedMeanwhile } from "./progress.ts";

const WAITS_MS = [500, 1000, 2000, 4000, 8000, 15_000, 15_000];

/** @param signal ends the waiting; what is tried is for whoever tries it */
export async function persist<Value>(work: () => Promise<Value>, signal: AbortSignal): Promise<Value> {
  for (const waitMs of WAITS_MS) {
    try {
      return await work();
    } catch (error) {
      if (!isPassing(error)) throw error;
      await wait(waitMs, undefined, { signal });
    }
  }
  return work();
}

function isPassing(error: unknown): boolean {
  if (error instanceof CommitUnknown || error instanceof CopiedMeanwhile) return true;
  if (error instanceof MeshServerError) return error.code === "bodies-unusable";
  return isWorthAnotherTry(error) || isLockTimeout(error);
}
