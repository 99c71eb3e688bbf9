// What GP Connect demands of every resource of a message.
import { isOpaque } from "../../../stu3/opaque.ts";
import type { Resource } from "../../../stu3/types.ts";
import { namesProfile, namesProfileOfAnotherType } from "../../claimed-profiles.ts";
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
    "Every profile that a resource follows must be one of its own type.",
    "A resource says in meta.profile that it follows a profile of another type.",
    each(everyResource, (resource) => unless(!namesProfileOfAnotherType(resource), resource, "meta")),
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
