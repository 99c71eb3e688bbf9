// What was taken for a request that is in hand. It is asked for where the request is served, so without faults it must
// cost no more than to see that there are none.

import { type FaultEffect, parseDuration } from "@restante/control";
import type { FastifyRequest } from "fastify";

import type { EffectName } from "../../faults/effects.ts";
import { type Faults, nothingTaken, type Taken } from "../../faults/faults.ts";

const inHand = new WeakMap<FastifyRequest, Taken>();

export function keepTaken(request: FastifyRequest, taken: Taken): void {
  inHand.set(request, taken);
}

export function takenOf(request: FastifyRequest): Taken {
  return inHand.get(request) ?? nothingTaken;
}

/** Of this kind, if it is to be done to this request. */
export function faultOf<Name extends EffectName>(
  { faults }: { faults?: Faults },
  request: FastifyRequest,
  name: Name,
): Extract<FaultEffect, { do: Name }> | undefined {
  if (faults === undefined) return undefined;
  return takenOf(request).get(name)?.effect as Extract<FaultEffect, { do: Name }> | undefined;
}

/** By how many milliseconds the clock of token checks is wrong, if it is. */
export function clockFault(context: { faults?: Faults }, request: FastifyRequest): number | undefined {
  const fault = faultOf(context, request, "token-clock");
  return fault === undefined ? undefined : parseDuration(fault.by);
}

/** What a list shows: each twice in a row, if a fault asks for it. */
export function askedTwice<Entry>(
  context: { faults?: Faults },
  request: FastifyRequest,
  entries: readonly Entry[],
): readonly Entry[] {
  if (faultOf(context, request, "deliver-twice") === undefined) return entries;
  return entries.flatMap((entry) => [entry, entry]);
}
