// What an input must look like, field by field. The types say it to TypeScript; these say it at run time, to whoever
// writes JavaScript or reads the input from somewhere, and tell of everything that is not so.
import type { Place } from "./problems.ts";

/** Looks at a value and tells of all that is wrong with it. */
export type Shape = (value: unknown, at: Place) => void;

type Fields = Readonly<Record<string, unknown>>;

export function isRecord(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What the other shapes begin with: the value is there, and of the type. */
export function isThere(value: unknown, at: Place): boolean {
  if (value === undefined) at.tell("must be given");
  return value !== undefined;
}

export function optional(shape: Shape): Shape {
  return (value, at) => {
    if (value !== undefined) shape(value, at);
  };
}

type EveryKey<T> = T extends unknown ? keyof T & string : never;

/** An object of these fields: every one that the type has. Others are no concern of ours. */
export function fields<T extends object>(shapes: Readonly<Record<EveryKey<T>, Shape>>): Shape {
  const entries = Object.entries<Shape>(shapes);
  return (value, at) => {
    if (!isThere(value, at)) return;
    if (!isRecord(value)) return at.tell("must be an object");
    for (const [name, shape] of entries) shape(value[name], at.field(name));
  };
}

/** An object that says something. */
export function filled(shape: Shape): Shape {
  return both(shape, (value, at) => {
    const isSaid = (held: unknown): boolean => held !== undefined && !(Array.isArray(held) && held.length === 0);
    if (!Object.values(value as Fields).some(isSaid)) at.tell("must hold something");
  });
}

export function list(shape: Shape, { least = 0 }: { least?: number } = {}): Shape {
  return (value, at) => {
    if (!isThere(value, at)) return;
    if (!Array.isArray(value)) return at.tell("must be a list");
    if (value.length < least) at.tell("must hold at least one");
    // By index: a hole of the list is something missing.
    for (let index = 0; index < value.length; index += 1) shape(value[index], at.item(index));
  };
}

/** Both shapes. */
export function both(first: Shape, second: Shape): Shape {
  return (value, at) => {
    first(value, at);
    if (at.isRight()) second(value, at);
  };
}

/** What holds between fields of an object, asked where each of them is right by itself: what follows from a wrong one is not told. */
export function between<T extends object>(
  names: readonly EveryKey<T>[],
  relation: (input: T, at: Place) => void,
): Shape {
  return (value, at) => {
    if (isRecord(value) && names.every((name) => at.field(name).isRight())) relation(value as T, at);
  };
}

/** One look after another, whatever the first of them finds. */
export function all(...shapes: readonly Shape[]): Shape {
  return (value, at) => {
    for (const shape of shapes) shape(value, at);
  };
}

/** A field that must not be there beside another. */
export function absent(why: string, requirement?: string): Shape {
  return (value, at) => {
    if (value !== undefined) at.tell(`must not be given: ${why}`, requirement);
  };
}
