// The invariants of FHIR STU3, by their keys. docs/invariants.md lists all, and says of those that are not here what shows
// them or why nothing does.
import type { Rule } from "../rule.ts";
import { administrativeInvariants } from "./invariants/administrative.ts";
import { bundleInvariants } from "./invariants/bundles.ts";
import { careInvariants } from "./invariants/care.ts";
import { clinicalInvariants } from "./invariants/clinical.ts";
import { containedInvariants } from "./invariants/contained.ts";
import { dataTypeInvariants } from "./invariants/data-types.ts";
import { quantityInvariants } from "./invariants/quantities.ts";
import { questionnaireInvariants } from "./invariants/questionnaires.ts";
import { recordInvariants } from "./invariants/records.ts";
import { requesterInvariants } from "./invariants/requesters.ts";
import { terminologyInvariants } from "./invariants/terminology.ts";
import { timingInvariants } from "./invariants/timings.ts";

export const invariantRules: readonly Rule[] = [
  ...dataTypeInvariants,
  ...quantityInvariants,
  ...timingInvariants,
  ...bundleInvariants,
  ...containedInvariants,
  ...administrativeInvariants,
  ...clinicalInvariants,
  ...requesterInvariants,
  ...questionnaireInvariants,
  ...careInvariants,
  ...recordInvariants,
  ...terminologyInvariants,
];
