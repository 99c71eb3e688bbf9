import { typeNameOf } from "../stu3/opaque.ts";
import type { Bundle, Reference, Resource } from "../stu3/types.ts";

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
  const index = new Map<string, Resource[]>();
  const add = (key: string, resource: Resource): void => {
    const held = index.get(key);
    if (held === undefined) index.set(key, [resource]);
    else if (held.length < maxSharing && !held.includes(resource)) held.push(resource);
  };
  const entries = bundle?.entry ?? [];
  for (const { fullUrl, resource } of entries) {
    if (fullUrl !== undefined && resource !== undefined) add(inSmallLetters(fullUrl), resource);
  }
  for (const { resource } of entries) {
    if (resource?.id === undefined) continue;
    const id = inSmallLetters(resource.id);
    add(`urn:uuid:${id}`, resource);
    add(`${typeNameOf(resource)}/${id}`, resource);
    add(id, resource);
  }
  const candidates = (reference: Reference | undefined): readonly Resource[] =>
    (reference?.reference === undefined ? undefined : index.get(inSmallLetters(reference.reference))) ?? [];
  return { candidates, resolve: (reference) => candidates(reference)[0] };
}

const uuidNamed = /^(urn:uuid:|[A-Za-z]{1,64}\/|)([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i;

/** UUIDs that differ in case alone are the same (RFC 4122): a name that is one, or ends with one, has it in small letters. */
export function inSmallLetters(name: string): string {
  const [, before = "", uuid] = uuidNamed.exec(name) ?? [];
  return uuid === undefined ? name : before + uuid.toLowerCase();
}
