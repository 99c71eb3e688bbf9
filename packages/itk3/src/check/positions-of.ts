import { placesWithin } from "../read/places.ts";
import { type Position, positionOf } from "../read/positions.ts";
import type { Bundle } from "../stu3/types.ts";
import type { Breach } from "./rule.ts";

/**
 * Where each breach stands: where what its path names begins, as far along as there is something that was read. The message
 * is gone through again where one of them is a plain value's.
 */
export function positionsOf(bundle: Bundle, breaches: readonly Breach[]): (breach: Breach) => Position | undefined {
  const spots = new Map(breaches.map((breach) => [breach, spotOf(breach)]));
  const holders = Array.from(spots.values(), ({ plain }) => plain?.holder ?? []).flat();
  const places = placesWithin(bundle, holders);
  return (breach) => {
    const { element, plain } = spots.get(breach) ?? spotOf(breach);
    return (plain === undefined ? undefined : places?.of(plain.holder, plain.name)) ?? element;
  };
}

interface Spot {
  /** Of the last element along the path that was read. */
  element: Position | undefined;
  /** The plain value that the path ends with, where it does, in what was read. */
  plain?: { holder: Position; name: string };
}

function spotOf({ element, path }: Breach): Spot {
  let at = element;
  let position = positionOf(element);
  for (const name of path?.split(".") ?? []) {
    const held = (at as Readonly<Record<string, unknown>>)[name];
    const one = Array.isArray(held) ? (held[0] as unknown) : held;
    if (one === undefined || one === null) break;
    if (typeof one !== "object") {
      const holder = positionOf(at);
      return holder === undefined ? { element: position } : { element: position, plain: { holder, name } };
    }
    at = one;
    position = positionOf(at) ?? position;
  }
  return { element: position };
}
