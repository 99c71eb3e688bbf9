// What GP Connect demands of every resource of a message.
import { resourceDefinition } from "../../../stu3/element-table.ts";
import { isOpaque } from "../../../stu3/opaque.ts";
import type { Resource } from "../../../stu3/types.ts";
import { isText, unless } from "../../look.ts";
import type { CheckContext, Rule } from "../../rule.ts";
import { each, payload, requiredInPayload, rule } from "./profile.ts";

const everyResource = ({ message, inner, outer }: CheckContext): readonly Resource[] => [
  message.bundle,
  ...[...outer.all, ...inner.all].filter((resource) => !isOpaque(resource)),
];

/**
 * True of `.../CareConnect-ProblemHeader-Condition-1` and Condition; not of MedicationRequest's profile and Medication. A
 * profile whose name tells no type, such as a supplier's own, may be of any.
 */
function mayBeOf(url: string | null, type: string): boolean {
  const name = url?.slice(url.lastIndexOf("/") + 1) ?? "";
  if (!name.split(/[^A-Za-z]+/).some((word) => resourceDefinition(word) !== undefined)) return name !== "";
  const at = name.lastIndexOf(type);
  return at >= 0 && !/^[A-Za-z]/.test(name.slice(at + type.length));
}

export const resourceRules: readonly Rule[] = [
  rule(
    { core: "025", scal: "GPCM-SD-108" },
    "Every resource must say in meta.profile which profile it follows.",
    "A resource does not say in meta.profile which profile it follows.",
    each(everyResource, (resource) => unless((resource.meta?.profile ?? []).length > 0, resource, "meta")),
    { ...requiredInPayload, alsoShows: ["GPCM-SD-027"] },
  ),
  rule(
    { core: "025", scal: "GPCM-SD-108" },
    "Every resource must follow a profile of its own type.",
    "None of the profiles in a resource's meta.profile is one of its type.",
    each(everyResource, (resource) => {
      const named = resource.meta?.profile ?? [];
      return unless(named.length === 0 || named.some((url) => mayBeOf(url, resource.resourceType)), resource, "meta");
    }),
    { ...payload, issueCode: "value", alsoShows: ["GPCM-SD-027"] },
  ),
  rule(
    { core: "028", own: "FHIR:id" },
    "Every resource must have an id.",
    "A resource has no id.",
    each(everyResource, (resource) => unless(isText(resource.id), resource, "id")),
    requiredInPayload,
  ),
];
