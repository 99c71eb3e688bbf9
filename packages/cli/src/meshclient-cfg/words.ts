import type { CfgElement, Fate } from "./elements.ts";
import type { ReadElement, ReadElements } from "./read-elements.ts";

const fates: Readonly<Record<Fate, string>> = {
  taken: "taken: ",
  replaced: "replaced by ",
  "without meaning here": "without meaning here: ",
};

/** What becomes of an element, in the words of a person. */
export function fateWords({ fate, here }: Pick<CfgElement, "fate" | "here">): string {
  return fates[fate] + here;
}

/** What becomes of every element of a file, and of those that the Java client has a value for without them: name, line, words. */
export function elementRows({ elements, unknown }: ReadElements): (readonly [string, string, string])[] {
  const known = elements.map(({ element, name, place, words }) => ({
    at: place?.line ?? Infinity,
    row: [
      name,
      place === undefined ? `absent (${element.otherwise})` : `line ${place.line}`,
      words ?? fateWords(element).replaceAll("`", ""),
    ] as const,
  }));
  const others = unknown.map(({ name, place: { line } }) => ({
    at: line,
    row: [name, `line ${line}`, "not known here, and passed over"] as const,
  }));
  return [...known, ...others].toSorted((a, b) => (a.at === b.at ? 0 : a.at - b.at)).map(({ row }) => row);
}

/** What a file says and that is not done as it says, in one line; undefined if there is nothing. */
export function notTaken({ elements, unknown }: ReadElements): string | undefined {
  const names = (of: Fate): string[] => {
    const found = elements.filter(({ element, place }: ReadElement) => element.fate === of && place !== undefined);
    return Array.from(new Set(found.map(({ element }) => element.name)));
  };
  const parts = [
    ["without meaning here", names("without meaning here")],
    ["replaced", names("replaced")],
    ["not known", Array.from(new Set(unknown.map(({ name }) => name)))],
  ] as const;
  const told = parts.filter(([, found]) => found.length > 0).map(([what, found]) => `${what}: ${found.join(", ")}`);
  return told.length === 0 ? undefined : told.join("; ");
}
