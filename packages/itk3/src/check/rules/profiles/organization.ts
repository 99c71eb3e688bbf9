// CareConnect-Organization-1.
import { systems } from "../../../names.ts";
import type { Rule } from "../../rule.ts";
import { identifierOnce, inner, payload, type Slice } from "./profile.ts";

const organizations = inner("Organization");
const slice = { profile: "CareConnect-Organization-1", type: "Organization", find: organizations };
const codes: readonly Slice[] = [
  { ...slice, name: "ODS organisation code", system: systems.odsOrganisation },
  { ...slice, name: "ODS site code", system: systems.odsSite },
];

export const organizationRules: readonly Rule[] = codes.map((code) => identifierOnce(code, payload));
