// What a questionnaire and the answers to it have in common: items within items.
import { isRecord, list, type Shape } from "../../input/shapes.ts";
import type { QuestionnaireItem } from "../../stu3/types.ts";

/** The elements within each other that an item may take: 64 of a message, less those that it stands in and its words. */
const deepest = 56;

/** How many elements within each other an item takes with what it says, and how many those take that it holds. */
interface Depth {
  own: number;
  below: number;
}

/** A list of at least one item, each of which may hold such a list, as deep as a message may be. */
export function nested(
  depthOf: (item: Readonly<Record<string, unknown>>) => Depth,
  item: (within: Shape) => Shape,
  { most = deepest, least = 1, above = [] }: { most?: number; least?: number; above?: readonly unknown[] } = {},
): Shape {
  const one: Shape = (value, at) => {
    const { own, below } = isRecord(value) ? depthOf(value) : { own: 1, below: 1 };
    if (own > most || above.includes(value)) return at.tell("is nested deeper than a message may be, or holds itself");
    // Made when it is asked for: an item seldom holds another.
    item(nested(depthOf, item, { most: most - below, least: 0, above: [...above, value] }))(value, at);
  };
  return list(one, { least });
}

/** Of the questions and of those below them. */
export function linkIdsOf(items: readonly QuestionnaireItem[] = []): string[] {
  return items.flatMap(({ linkId, item }) => [...(linkId === undefined ? [] : [linkId]), ...linkIdsOf(item)]);
}
