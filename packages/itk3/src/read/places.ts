// Where plain values stand. An element remembers where it begins (positions.ts); to remember it of each value would cost every
// message memory, for findings that few have. So whoever wants to know has the message gone through again:
// docs/decisions/177-places-of-values.md.
import type { Position } from "./positions.ts";

/** Gathers, as a reader goes through a message, where the elements within some stand. */
export class Places {
  readonly #within = new Map<string, Map<string, Position>>();

  /** Elements are told apart by where they begin. */
  constructor(holders: Iterable<Position>) {
    for (const holder of holders) this.#within.set(keyOf(holder), new Map());
  }

  /** Of those of a name the first is kept. */
  note(holder: Position, name: string, { line, column }: Position): void {
    const places = this.#within.get(keyOf(holder));
    if (places !== undefined && !places.has(name)) places.set(name, { line, column });
  }

  of(holder: Position, name: string): Position | undefined {
    return this.#within.get(keyOf(holder))?.get(name);
  }
}

function keyOf({ line, column }: Position): string {
  return `${line}:${column}`;
}

const readings = new WeakMap<object, (places: Places) => void>();

/** For a resource that was read: what goes through its text again. */
export function setReading(resource: object, again: (places: Places) => void): void {
  readings.set(resource, again);
}

/** Undefined for what was built rather than read. */
export function placesWithin(resource: object, holders: readonly Position[]): Places | undefined {
  const again = holders.length === 0 ? undefined : readings.get(resource);
  if (again === undefined) return undefined;
  const places = new Places(holders);
  again(places);
  return places;
}
