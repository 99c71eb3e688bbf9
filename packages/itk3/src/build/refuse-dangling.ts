import { Itk3Error } from "../errors.ts";
import type { Bundle } from "../stu3/types.ts";

/**
 * Refuses a document in which a `urn:uuid:` reference leads nowhere, such as to an entry of a section that was left out.
 *
 * @throws Itk3Error `input-invalid`; the message names the kind of resource that refers
 */
export function refuseDangling({ entry = [] }: Bundle): void {
  const held = new Set(entry.map(({ fullUrl }) => fullUrl));
  for (const { resource } of entry) {
    if (!targetsIn(resource).every((target) => held.has(target))) {
      throw new Itk3Error("input-invalid", `${resource?.resourceType} refers to what is not in the document.`);
    }
  }
}

function targetsIn(value: unknown, name?: string): string[] {
  if (Array.isArray(value)) return value.flatMap((one) => targetsIn(one, name));
  if (typeof value !== "object" || value === null) return [];
  const own = value as { reference?: unknown; url?: unknown };
  const target = name === "attachment" ? own.url : own.reference;
  return [
    ...(typeof target === "string" && target.startsWith("urn:uuid:") ? [target] : []),
    ...Object.entries(value).flatMap(([key, held]) => targetsIn(held, key)),
  ];
}
