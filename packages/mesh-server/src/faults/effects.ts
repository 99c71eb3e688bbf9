import { type Fault, type FaultEffect, type FaultPoint, pointsOf } from "@restante/control";

/** Where a request of the API can go wrong. */
export type RequestPoint = Exclude<FaultPoint, "any" | "demographics">;

export type EffectName = FaultEffect["do"];

/** Whether a fault is done to what comes at this point. */
export function isDoneAt({ at, do: effect }: Pick<Fault, "at" | "do">, point: RequestPoint | "demographics"): boolean {
  if (at === point) return true;
  return at === "any" && point !== "demographics" && pointsOf(effect).includes(point);
}
