// What resources contain, found once a check for each: one may contain many thousands, and refer to each of them.
import { nameKey } from "../message/id-key.ts";
import { addTo, type Index } from "../message/references.ts";
import type { Resource } from "../stu3/types.ts";

export interface Contained {
  all: ReadonlySet<Resource>;
  /** Those of an id, a UUID in small letters or capitals. */
  named(id: string): readonly Resource[];
}

/** Asked of a resource, what it contains. */
export type ContainedIn = (resource: object) => Contained;

const nothing: Contained = { all: new Set(), named: () => [] };

export function containedInEach(): ContainedIn {
  const known = new Map<object, Contained>();
  return (resource) => {
    const { contained } = resource as { contained?: readonly Resource[] };
    if (contained === undefined) return nothing;
    const found = known.get(resource) ?? contents(contained);
    known.set(resource, found);
    return found;
  };
}

function contents(contained: readonly Resource[]): Contained {
  const byId: Index = new Map();
  for (const held of contained) if (held.id !== undefined) addTo(byId, nameKey(held.id), held);
  return { all: new Set(contained), named: (id) => byId.get(nameKey(id)) ?? [] };
}
