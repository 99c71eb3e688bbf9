// Where something stands in a message.
export type Path = readonly (string | number)[];

/** `Bundle.entry[2].resource.name`, as a finding has it. */
export function locationOf(path: Path): string {
  return `Bundle${path.map((key) => (typeof key === "number" ? `[${key}]` : `.${key}`)).join("")}`;
}

/** `Practitioner.name.family`: from the resource on, without numbers; those of the message itself after `header`. */
export function placeOf(bundle: object, path: Path): string {
  let at: unknown = bundle;
  let place = "message Bundle";
  let depth = 0;
  for (const key of path) {
    at = (at as Record<string | number, unknown> | undefined)?.[key];
    const { resourceType } = (at ?? {}) as { resourceType?: string };
    if (key === "resource" && resourceType !== undefined) {
      depth += 1;
      place = resourceType === "Bundle" ? "document Bundle" : depth === 1 ? `header ${resourceType}` : resourceType;
      if (resourceType === "Bundle") depth = 1;
    } else if (typeof key === "string") {
      place += `.${key}`;
    }
  }
  return place.replace(/^header MessageHeader/, "MessageHeader");
}

/**
 * Whether a finding is about what was changed: it stands at the element that was changed, beside it or within, or at what
 * holds it, as far out as its resource. Another entry is not near.
 */
export function isNear(location: string, changedAt: string): boolean {
  const found = location.replaceAll(/\(\w+\)/g, "").split(".");
  const changed = changedAt.split(".");
  const resource = changed.lastIndexOf("resource");
  const holder = changed.slice(0, -1);
  const within = (shorter: readonly string[], longer: readonly string[]): boolean =>
    shorter.length <= longer.length && shorter.every((part, at) => isSame(part, longer[at] ?? ""));
  return (found.length > resource && within(found, changed)) || within(holder, found);
}

/** A finding that names an element of a list by its name alone, or an extension by its url, may mean any. */
function isSame(part: string, other: string): boolean {
  const bare = (text: string): string => text.replace(/\[\d+\]$/, "");
  return part === other || (bare(part) === bare(other) && (part === bare(part) || other === bare(other)));
}
