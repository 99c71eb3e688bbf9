// What GP Connect demands of every resource of a message.
import { isOpaque } from "../../../stu3/opaque.ts";
import type { Resource } from "../../../stu3/types.ts";
import { namesProfile, namesProfileOfItsType } from "../../claimed-profiles.ts";
import { isText, unless } from "../../look.ts";
import type { CheckContext, Rule } from "../../rule.ts";
import { each, payload, requiredInPayload, rule } from "./profile.ts";

const everyResource = ({ message, inner, outer }: CheckContext): readonly Resource[] => [
  message.bundle,
  ...[...outer.all, ...inner.all].filter((resource) => !isOpaque(resource)),
];

export const resourceRules: readonly Rule[] = [
  rule(
    { core: "025", scal: "GPCM-SD-108" },
    "Every resource must say in meta.profile which profile it follows.",
    "A resource does not say in meta.profile which profile it follows.",
    each(everyResource, (resource) => unless(namesProfile(resource), resource, "meta")),
    { ...requiredInPayload, alsoShows: ["GPCM-SD-027"] },
  ),
  rule(
    { core: "025", scal: "GPCM-SD-108" },
    "Every resource must follow a profile of its own type.",
    "None of the profiles in a resource's meta.profile is one of its type.",
    each(everyResource, (resource) =>
      unless(namesProfileOfItsType(resource) || !namesProfile(resource), resource, "meta"),
    ),
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
