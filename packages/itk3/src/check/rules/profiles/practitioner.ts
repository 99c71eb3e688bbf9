// CareConnect-Practitioner-1.
import { systems } from "../../../names.ts";
import type { Rule } from "../../rule.ts";
import { absent, identifierOnce, identifierValue, inner, payload, type Slice } from "./profile.ts";

const profile = "CareConnect-Practitioner-1";
const practitioners = inner("Practitioner");
const aPractitioner = { profile, type: "Practitioner", find: practitioners };
const sdsUser: Slice = { ...aPractitioner, name: "SDS user id", system: systems.sdsUser };
const sdsRoleProfile: Slice = { ...aPractitioner, name: "SDS role profile id", system: systems.sdsRoleProfile };

export const practitionerRules: readonly Rule[] = [
  identifierOnce(sdsUser, payload),
  identifierValue(sdsUser, payload),
  identifierValue(sdsRoleProfile, payload),
  ...absent(profile, "Practitioner", ["communication"], practitioners, payload),
];
