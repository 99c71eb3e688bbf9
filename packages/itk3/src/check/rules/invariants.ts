// The invariants of FHIR STU3, by their keys. A choice: others are rules of their own (bdl-7 and bdl-9 of the Bundles,
// ref-1, what subsumes pat-1), are of R4 (bdl-11, bdl-12), or weigh little in a document that a person reads (tim-*, age-1).
import type { Rule } from "../rule.ts";
import { administrativeInvariants } from "./invariants/administrative.ts";
import { clinicalInvariants } from "./invariants/clinical.ts";
import { dataTypeInvariants } from "./invariants/data-types.ts";
import { questionnaireInvariants } from "./invariants/questionnaires.ts";

export const invariantRules: readonly Rule[] = [
  ...dataTypeInvariants,
  ...administrativeInvariants,
  ...clinicalInvariants,
  ...questionnaireInvariants,
];
