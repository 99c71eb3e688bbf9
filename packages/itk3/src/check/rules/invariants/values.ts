// What invariants ask of values.
import type { Quantity } from "../../../stu3/types.ts";

type Value = Readonly<Record<string, unknown>>;

/** The element is there, if only by an id or an extension of it (`_name`). */
export function has(element: object | undefined, name: string): boolean {
  if (element === undefined) return false;
  return isThere((element as Value)[name]) || isThere((element as Value)[`_${name}`]);
}

/** One of `valueString`, `valueCode` and so on is there. */
export function hasChoice(element: object, stem: string): boolean {
  return Object.keys(element).some((key) => {
    const name = key.startsWith("_") ? key.slice(1) : key;
    return name.startsWith(stem) && /^[A-Z]/.test(name.slice(stem.length)) && isThere((element as Value)[key]);
  });
}

function isThere(value: unknown): boolean {
  return value !== undefined && value !== null && !(Array.isArray(value) && value.length === 0);
}

/** Only quantities of one unit can be compared. */
export function exceeds(low: Quantity | undefined, high: Quantity | undefined): boolean {
  if (low?.value === undefined || high?.value === undefined) return false;
  if (low.system !== high.system || low.code !== high.code || low.unit !== high.unit) return false;
  return Number(low.value) > Number(high.value);
}
