// CareConnect-Organization-1.
import { extensions, systems } from "../../../names.ts";
import { isText, none, unless } from "../../look.ts";
import type { Rule } from "../../rule.ts";
import {
  each,
  extensionAtMost,
  identifierOnce,
  identifierValue,
  inner,
  payload,
  requiredInPayload,
  rule,
  type Slice,
} from "./profile.ts";

const profile = "CareConnect-Organization-1";
const organizations = inner("Organization");
const anOrganization = { profile, type: "Organization", find: organizations };
const codes: readonly Slice[] = [
  { ...anOrganization, name: "ODS organisation code", system: systems.odsOrganisation },
  { ...anOrganization, name: "ODS site code", system: systems.odsSite },
];

export const organizationRules: readonly Rule[] = [
  ...codes.flatMap((code) => [identifierOnce(code, payload), identifierValue(code, payload)]),
  rule(
    `${profile}:contact.name`,
    "The name of an Organization's contact must have a family name.",
    "The name of an Organization's contact has no family name.",
    each(organizations, ({ contact }) =>
      (contact ?? []).flatMap(({ name }) => (name === undefined ? none : unless(isText(name.family), name, "family"))),
    ),
    requiredInPayload,
  ),
  extensionAtMost(1, profile, "Organization", "mainLocation", extensions.mainLocation, organizations, payload),
  extensionAtMost(
    1,
    profile,
    "Organization",
    "organization-period",
    extensions.organizationPeriod,
    organizations,
    payload,
  ),
];
