// Resources of types that STU3 does not know: each is kept as it was written, in the format that it was written in.
import type { OpaqueResource, Resource } from "./types.ts";

const typeNames = /^[A-Za-z][A-Za-z0-9]{0,63}$/;

/** Whether a resource may call itself so; what does not is no resource. */
export function mayBeTypeName(name: string): boolean {
  return typeNames.test(name);
}

export function isOpaque(resource: { resourceType: string }): resource is OpaqueResource {
  return resource.resourceType === "unknown";
}

/** What a resource calls itself. */
export function typeNameOf(resource: Resource): string {
  return isOpaque(resource) ? resource.typeName : resource.resourceType;
}
