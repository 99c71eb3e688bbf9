import { typeNameOf } from "../stu3/opaque.ts";
import type { Bundle, Reference, Resource } from "../stu3/types.ts";
import { nameKey } from "./id-key.ts";

// Resources that share an id can be told apart by order, a few of them: more are an attack on whoever looks at them all.
const maxSharing = 16;

/** Where references of a bundle lead. */
export interface References {
  /**
   * Every resource that `reference` may mean, up to 16 where they share a fullUrl or an id: those of that fullUrl before
   * those that it names otherwise, each in the order of the bundle.
   */
  candidates(reference: Reference | undefined): readonly Resource[];
  resolve(reference: Reference | undefined): Resource | undefined;
}

/**
 * Resolves by fullUrl, as FHIR does (STU3, Bundle 2.36.4.1), and as people write references: by `Type/id` and by a bare id,
 * as `urn:uuid:` too, a UUID in small letters or capitals. What was read so the check tells (docs/decisions/176-full-urls.md).
 */
export function referencesOf(bundle: Bundle | undefined): References {
  const byFullUrl: Index = new Map();
  const index: Index = new Map();
  const add = (key: string, resource: Resource): void => addTo(index, key, resource);
  const entries = bundle?.entry ?? [];
  for (const { fullUrl, resource } of entries) {
    if (fullUrl === undefined || resource === undefined) continue;
    addTo(byFullUrl, fullUrl, resource);
    add(nameKey(fullUrl), resource);
  }
  for (const { resource } of entries) {
    if (resource?.id === undefined) continue;
    const id = nameKey(resource.id);
    add(`urn:uuid:${id}`, resource);
    add(`${typeNameOf(resource)}/${id}`, resource);
    add(id, resource);
  }
  const candidates = (reference: Reference | undefined): readonly Resource[] => {
    const name = reference?.reference;
    if (name === undefined) return [];
    const meant = index.get(nameKey(name)) ?? [];
    const [exact] = byFullUrl.get(name) ?? [];
    // Two entries may have one UUID, in small letters and in capitals.
    return exact === undefined || exact === meant[0] ? meant : [exact, ...meant.filter((other) => other !== exact)];
  };
  return { candidates, resolve: (reference) => candidates(reference)[0] };
}

/** Resources by a name that several may share. */
export type Index = Map<string, Resource[]>;

/** Of those that share a name, the first 16. */
export function addTo(index: Index, key: string, resource: Resource): void {
  const held = index.get(key);
  if (held === undefined) index.set(key, [resource]);
  else if (held.length < maxSharing && !held.includes(resource)) held.push(resource);
}
