// What profiles a resource says that it follows (meta.profile).
import { resourceDefinition } from "../stu3/element-table.ts";
import { primitiveFault } from "../stu3/primitives.ts";
import type { Resource } from "../stu3/types.ts";

/** Of HL7 International, HL7 UK and the NHS: the names of their profiles hold the type. */
const publishers = /^https?:\/\/(?:[a-z0-9-]+\.)*(?:hl7\.org|hl7\.org\.uk|nhs\.uk)(?=[/:]|$)/i;

/**
 * True of `.../CareConnect-ProblemHeader-Condition-1` and Condition; not of MedicationRequest's profile and Medication. A
 * profile whose name tells no type, and a supplier's own, may be of any.
 */
function mayBeOf(url: string, type: string): boolean {
  if (!publishers.test(url)) return true;
  const name = url.slice(url.lastIndexOf("/") + 1);
  if (!name.split(/[^A-Za-z]+/).some((word) => resourceDefinition(word) !== undefined)) return name !== "";
  const at = name.lastIndexOf(type);
  return at >= 0 && !/^[A-Za-z]/.test(name.slice(at + type.length));
}

/** Whether it says of a profile that it follows it. What is no URI is reading's finding, and none of these. */
function claims(resource: Resource, isMeant: (url: string) => boolean): boolean {
  const { profile = [] } = resource.meta ?? {};
  return profile.some((url) => url !== null && primitiveFault("uri", url) === undefined && isMeant(url));
}

export function namesProfile(resource: Resource): boolean {
  return claims(resource, () => true);
}

export function namesProfileOfItsType(resource: Resource): boolean {
  return claims(resource, (url) => mayBeOf(url, resource.resourceType));
}

export function namesProfileOfAnotherType(resource: Resource): boolean {
  return claims(resource, (url) => !mayBeOf(url, resource.resourceType));
}

/** Whether it names the profile. One that names none of its own type has a finding of its own (GPCM-SD-025), and may. */
export function mayFollow(resource: Resource | undefined, profile: string): boolean {
  if (resource === undefined) return false;
  return resource.meta?.profile?.includes(profile) === true || !namesProfileOfItsType(resource);
}
