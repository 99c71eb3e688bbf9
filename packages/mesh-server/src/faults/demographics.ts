import { setTimeout as delay } from "node:timers/promises";

import { type Demographics, DemographicsError } from "@restante/demographics";

import type { Faults, TakenFault } from "./faults.ts";
import type { Moves } from "./moves.ts";

/** Demographics that are slow, are down, or have patients elsewhere, as it was asked for. */
export function faultyDemographics(demographics: Demographics, faults: Faults, moves: Moves): Demographics {
  return {
    async find(nhsNumber, signal) {
      const taken = faults.at("demographics");
      const slow = taken.get("delay");
      if (slow !== undefined) await wait(slow, signal);
      if (taken.has("down")) {
        throw new DemographicsError("unavailable", "Demographics are down, as a fault asks.", { retry: "safe" });
      }
      const record = await demographics.find(nhsNumber, signal);
      return record === undefined ? undefined : moves.applied(record);
    },
  };
}

/** Until its time is up or it is cleared. @throws as the signal says */
async function wait(slow: TakenFault, signal: AbortSignal | undefined): Promise<void> {
  const until = signal === undefined ? slow.cleared : AbortSignal.any([signal, slow.cleared]);
  await delay(slow.delayMs, undefined, { signal: until }).catch(() => undefined);
  slow.letGo();
  signal?.throwIfAborted();
}
