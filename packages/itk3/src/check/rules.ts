import type { Rule } from "./rule.ts";
import { attachmentRules } from "./rules/attachments.ts";
import { allergyRules } from "./rules/clinical/allergies.ts";
import { encounterRules, locationRules } from "./rules/clinical/encounters.ts";
import { immunizationRules } from "./rules/clinical/immunizations.ts";
import { medicationRules, statementRules } from "./rules/clinical/medicines.ts";
import { observationRules } from "./rules/clinical/observations.ts";
import { diagnosticRules, problemRules, requestRules } from "./rules/clinical/problems.ts";
import { questionnaireRules } from "./rules/clinical/questionnaires.ts";
import {
  consentRules,
  documentReferenceRules,
  familyHistoryRules,
  referralRules,
  taskRules,
} from "./rules/clinical/requests.ts";
import { sectionRules } from "./rules/clinical/sections.ts";
import { compositionRules } from "./rules/composition.ts";
import { entryRules } from "./rules/entries.ts";
import { envelopeRules } from "./rules/envelope.ts";
import { fhirRules } from "./rules/fhir.ts";
import { guessRules } from "./rules/guesses.ts";
import { handlingRules } from "./rules/handling.ts";
import { headerRules } from "./rules/header.ts";
import { invariantRules } from "./rules/invariants.ts";
import { peopleRules } from "./rules/people.ts";
import { profileRules } from "./rules/profiles.ts";
import { responseRules } from "./rules/response.ts";
import { versionRules } from "./rules/versions.ts";
import { wordsRules } from "./rules/words.ts";

/** Every rule, in the order in which findings are listed. */
export const rules: readonly Rule[] = [
  ...handlingRules,
  ...headerRules,
  ...profileRules,
  ...fhirRules,
  ...entryRules,
  ...invariantRules,
  ...compositionRules,
  ...wordsRules,
  ...versionRules,
  ...attachmentRules,
  ...peopleRules,
  ...sectionRules,
  ...encounterRules,
  ...observationRules,
  ...questionnaireRules,
  ...referralRules,
  ...documentReferenceRules,
  ...allergyRules,
  ...familyHistoryRules,
  ...taskRules,
  ...consentRules,
  ...locationRules,
  ...medicationRules,
  ...statementRules,
  ...immunizationRules,
  ...problemRules,
  ...requestRules,
  ...diagnosticRules,
  ...envelopeRules,
  ...responseRules,
  ...guessRules,
];
