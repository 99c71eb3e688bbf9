// Which effect there is at which point.

import type { Fault, FaultEffect, FaultPoint } from "@restante/control";

/** Where a request of the API can go wrong. */
export type RequestPoint = Exclude<FaultPoint, "any" | "demographics">;

export type EffectName = FaultEffect["do"];

export const requestPoints: readonly RequestPoint[] = [
  "handshake",
  "send",
  "chunk",
  "list",
  "download",
  "acknowledge",
  "track",
  "lookup",
];

/** A lookup bears no token, and so has no mailbox. */
const ofMailboxes = requestPoints.filter((point) => point !== "lookup");

const points: Readonly<Record<EffectName, readonly FaultPoint[]>> = {
  status: requestPoints,
  delay: [...requestPoints, "demographics"],
  reset: requestPoints,
  hang: requestPoints,
  "lose-answer": requestPoints,
  truncate: requestPoints,
  dribble: requestPoints,
  "deliver-twice": ["send", "list", "acknowledge"],
  "mixed-case": requestPoints,
  "content-type": requestPoints,
  "token-clock": ofMailboxes,
  // It meets connections, which are at no point yet.
  "expire-certificate": [],
  down: ["demographics"],
};

/** Where this effect can be asked for: of requests also at `any`, which stands for each of its points among them. */
export function pointsOf(effect: EffectName): readonly FaultPoint[] {
  const found = points[effect];
  return found.length === 1 && found[0] === "demographics" ? found : [...found, "any"];
}

/** Whether a fault is done to a request at this point; a connection is at `any`. */
export function isDoneAt({ at, do: effect }: Pick<Fault, "at" | "do">, point: FaultPoint): boolean {
  if (at === point) return true;
  return at === "any" && point !== "demographics" && points[effect].includes(point);
}
