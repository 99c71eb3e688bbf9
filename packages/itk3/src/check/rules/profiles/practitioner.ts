// CareConnect-Practitioner-1.
import { systems } from "../../../names.ts";
import type { Rule } from "../../rule.ts";
import { absent, identifierOnce, inner, payload, type Slice } from "./profile.ts";

const profile = "CareConnect-Practitioner-1";
const practitioners = inner("Practitioner");
const sdsUser: Slice = {
  profile,
  type: "Practitioner",
  name: "SDS user id",
  system: systems.sdsUser,
  find: practitioners,
};

export const practitionerRules: readonly Rule[] = [
  identifierOnce(sdsUser, payload),
  ...absent(profile, "Practitioner", ["communication"], practitioners, payload),
];
