import type { Bundle, Reference, Resource } from "../stu3/types.ts";

/** Where references of a bundle lead. */
export interface References {
  /** Every resource that `reference` may mean, in the order of the bundle: more than one where ids are shared. */
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
    else if (!held.includes(resource)) held.push(resource);
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
