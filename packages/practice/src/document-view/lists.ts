import type { Bundle, References, Resource } from "@restante/itk3";

/** What Lists say of the entries that they lead to, whichever section they stand in, or none. */
export interface Listed {
  /** In the List no longer. */
  removed: ReadonlySet<Resource>;
  /** What something unknown may change in the List it may change for each of its entries. */
  modified: ReadonlySet<Resource>;
}

export function listedIn(document: Bundle, references: References, isModified: (list: Resource) => boolean): Listed {
  const removed = new Set<Resource>();
  const modified = new Set<Resource>();
  for (const { resource } of document.entry ?? []) {
    if (resource?.resourceType !== "List") continue;
    const isTouched = isModified(resource);
    for (const { item, deleted } of resource.entry ?? []) {
      if (deleted !== true && !isTouched) continue;
      for (const entry of references.candidates(item)) {
        if (deleted === true) removed.add(entry);
        if (isTouched) modified.add(entry);
      }
    }
  }
  return { removed, modified };
}
