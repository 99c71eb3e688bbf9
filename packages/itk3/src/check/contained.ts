// What resources contain, found once a check for each: one may contain many thousands, and refer to each of them.
import type { Resource } from "../stu3/types.ts";

// As many as message/references.ts keeps: more of one id are an attack on whoever looks at them all.
const maxSharing = 16;

export interface Contained {
  all: ReadonlySet<Resource>;
  byId: ReadonlyMap<string, readonly Resource[]>;
}

/** Asked of a resource, what it contains. */
export type ContainedIn = (resource: object) => Contained;

const nothing: Contained = { all: new Set(), byId: new Map() };

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
  const byId = new Map<string, Resource[]>();
  for (const held of contained) {
    if (held.id === undefined) continue;
    const sharing = byId.get(held.id);
    if (sharing === undefined) byId.set(held.id, [held]);
    else if (sharing.length < maxSharing) sharing.push(held);
  }
  return { all: new Set(contained), byId };
}
