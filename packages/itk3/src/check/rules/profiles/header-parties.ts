// CareConnect-ITK-Header-Organization-1 and CareConnect-ITK-Header-Practitioner-1: who sends the message, or receives it.
import { extensions, systems } from "../../../names.ts";
import { unless } from "../../look.ts";
import type { Rule } from "../../rule.ts";
import {
  absent,
  each,
  extensionAtMost,
  identifierOnce,
  identifierValue,
  outer,
  required,
  rule,
  type Slice,
} from "./profile.ts";

const organization = "CareConnect-ITK-Header-Organization-1";
const organizations = outer("Organization");
const anOrganization = { profile: organization, type: "The Organization of the message Bundle", find: organizations };
const odsCodes: readonly Slice[] = [
  { ...anOrganization, name: "ODS organisation code", system: systems.odsOrganisation },
  { ...anOrganization, name: "ODS site code", system: systems.odsSite },
];

const practitioner = "CareConnect-ITK-Header-Practitioner-1";
const practitioners = outer("Practitioner");
const aPractitioner = { profile: practitioner, type: "The Practitioner of the message Bundle", find: practitioners };
const sdsUser: Slice = { ...aPractitioner, name: "SDS user id", system: systems.sdsUser };
const sdsRoleProfile: Slice = { ...aPractitioner, name: "SDS role profile id", system: systems.sdsRoleProfile };

export const headerPartyRules: readonly Rule[] = [
  ...absent(
    organization,
    "Organization",
    ["active", "type", "name", "alias", "telecom", "address", "partOf", "contact", "endpoint"],
    organizations,
  ),
  extensionAtMost(0, organization, "Organization", "mainLocation", extensions.mainLocation, organizations),
  extensionAtMost(0, organization, "Organization", "organization-period", extensions.organizationPeriod, organizations),
  rule(
    `${organization}:identifier`,
    "The Organization of the message Bundle must have an identifier: nothing else is left to name it.",
    "The Organization of the message Bundle has no identifier.",
    each(organizations, (found) => unless((found.identifier ?? []).length > 0, found, "identifier")),
    required,
  ),
  ...odsCodes.flatMap((code) => [identifierOnce(code), identifierValue(code)]),
  rule(
    `${organization}:identifier.system`,
    "An identifier of the Organization of the message Bundle should be its ODS organisation code or site code.",
    "An identifier of the Organization of the message Bundle is neither its ODS organisation code nor its site code.",
    each(organizations, ({ identifier }) =>
      (identifier ?? []).flatMap((held) =>
        unless(
          odsCodes.some(({ system }) => system === held.system),
          held,
          "system",
        ),
      ),
    ),
    { severity: "warning" },
  ),
  ...absent(
    practitioner,
    "Practitioner",
    ["telecom", "address", "gender", "birthDate", "photo", "qualification", "communication"],
    practitioners,
  ),
  ...absent(practitioner, "Practitioner.name", ["text"], (context) =>
    practitioners(context).flatMap(({ name }) => name ?? []),
  ),
  extensionAtMost(0, practitioner, "Practitioner", "nhsCommunication", extensions.communication, practitioners),
  rule(
    `${practitioner}:name`,
    "The Practitioner of the message Bundle must have no more than one name.",
    "The Practitioner of the message Bundle has more than one name.",
    each(practitioners, (found) => unless((found.name ?? []).length <= 1, found, "name")),
  ),
  identifierOnce(sdsUser),
  identifierValue(sdsUser),
  identifierValue(sdsRoleProfile),
];
