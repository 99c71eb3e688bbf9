// What GP Connect demands of every resource of a message.
import type { Resource } from "../../../stu3/types.ts";
import { isText, unless } from "../../look.ts";
import type { CheckContext, Rule } from "../../rule.ts";
import { each, requiredInPayload, rule } from "./profile.ts";

const everyResource = ({ message, inner, outer }: CheckContext): readonly Resource[] => [
  message.bundle,
  ...outer,
  ...inner,
];

export const resourceRules: readonly Rule[] = [
  rule(
    { core: "025", scal: "GPCM-SD-108" },
    "Every resource must say in meta.profile which profile it follows.",
    "A resource does not say in meta.profile which profile it follows.",
    each(everyResource, (resource) => unless((resource.meta?.profile ?? []).length > 0, resource, "meta")),
    { ...requiredInPayload, alsoShows: ["GPCM-SD-027"] },
  ),
  rule(
    { core: "028" },
    "Every resource must have an id.",
    "A resource has no id.",
    each(everyResource, (resource) => unless(isText(resource.id), resource, "id")),
    requiredInPayload,
  ),
];
