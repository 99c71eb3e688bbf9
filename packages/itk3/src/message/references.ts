import type { Bundle, Reference, Resource } from "../stu3/types.ts";

// Resources that share an id can be told apart by order, a few of them: more are an attack on whoever looks at them all.
const maxSharing = 16;

/** Where references of a bundle lead. */
export interface References {
  /** Every resource that `reference` may mean, in the order of the bundle: up to 16 where ids are shared. */
  candidates(reference: Reference | undefined): readonly Resource[];
  resolve(reference: Reference | undefined): Resource | undefined;
}

/** Resolves by fullUrl, by `Type/id` and by a bare id, as `urn:uuid:` too (FHIR STU3, Bundle 2.36.4.1). */
export function referencesOf(bundle: Bundle | undefined): References {
  const index = new Map<string, Resource[]>();
  const add = (key: string | undefined, resource: Resource): void => {
    if (key === undefined) return;
    const held = index.get(key);
    if (held === undefined) index.set(key, [resource]);
    else if (held.at(-1) !== resource && held.length < maxSharing) held.push(resource);
  };
  for (const { fullUrl, resource } of bundle?.entry ?? []) {
    if (resource === undefined) continue;
    add(fullUrl, resource);
    if (resource.id === undefined) continue;
    add(`urn:uuid:${resource.id}`, resource);
    add(`${resource.resourceType}/${resource.id}`, resource);
    add(resource.id, resource);
  }
  const candidates = (reference: Reference | undefined): readonly Resource[] =>
    (reference?.reference === undefined ? undefined : index.get(reference.reference)) ?? [];
  return { candidates, resolve: (reference) => candidates(reference)[0] };
}
