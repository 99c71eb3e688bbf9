import {
  type ConnectionLie,
  connectionKinds,
  type RandomLies,
  type RequestLie,
  requestKinds,
  type Way,
} from "./lies.ts";

/** What the connection of this number meets, if anything. */
export function connectionLieOf(random: RandomLies, number: number): ConnectionLie | undefined {
  const draw = drawsOf(random.seed, number * 2);
  const kind = kindOf(random, connectionKinds, draw);
  if (kind === undefined) return undefined;
  const way: Way = draw() < 0.5 ? "to-server" : "to-client";
  // As many below 100 bytes as between 100 and 10,000: heads and handshakes are small, bodies large.
  const after = Math.floor((random.mostBytes ?? 100_000) ** draw()) - 1;
  if (kind === "refuse") return { do: kind, for: `${10 + Math.floor(draw() * 90)}ms` };
  if (kind === "slow") return { do: kind, way, after, bytesPerSecond: 5000 + Math.floor(draw() * 200_000) };
  return { do: kind, way, after };
}

/** What the request of this number meets, if anything. */
export function requestLieOf(random: RandomLies, number: number): RequestLie | undefined {
  const draw = drawsOf(random.seed, number * 2 + 1);
  const kind = kindOf(random, requestKinds, draw);
  if (kind !== "deliver-twice") return kind === undefined ? undefined : { do: kind };
  return { do: kind, answer: draw() < 0.5 ? "first" : "second" };
}

function kindOf<Kind extends string>(
  { chance = 0.3, kinds }: RandomLies,
  among: readonly Kind[],
  draw: () => number,
): Kind | undefined {
  const wanted = kinds === undefined ? among : among.filter((kind) => kinds.some((one) => one === kind));
  return draw() < chance ? wanted[Math.floor(draw() * wanted.length)] : undefined;
}

/** Numbers from 0 to below 1 (mulberry32), begun anew for each connection and request, so that none disturbs another. */
function drawsOf(seed: number, number: number): () => number {
  let state = (Math.imul(seed, 0x9e3779b1) ^ Math.imul(number + 1, 0x85ebca6b)) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
