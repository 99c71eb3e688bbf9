// What the ITK3 and CareConnect profiles demand beyond FHIR, by profile.
import type { Rule } from "../rule.ts";
import { bundleProfileRules } from "./profiles/bundles.ts";
import { documentRules } from "./profiles/document.ts";
import { headerPartyRules } from "./profiles/header-parties.ts";
import { messageHeaderRules } from "./profiles/message-header.ts";
import { organizationRules } from "./profiles/organization.ts";
import { patientRules } from "./profiles/patient.ts";
import { practitionerRules } from "./profiles/practitioner.ts";
import { resourceRules } from "./profiles/resources.ts";

export const profileRules: readonly Rule[] = [
  ...bundleProfileRules,
  ...messageHeaderRules,
  ...headerPartyRules,
  ...patientRules,
  ...practitionerRules,
  ...organizationRules,
  ...documentRules,
  ...resourceRules,
];
