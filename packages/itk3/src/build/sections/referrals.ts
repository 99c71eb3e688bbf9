import { profiles } from "../../names.ts";
import type { Reference, ReferralRequest } from "../../stu3/types.ts";
import { fields, list, optional } from "../../input/shapes.ts";
import { dateTime, oneOf, text } from "../../input/values.ts";
import { reference } from "../seen.ts";
import { type Concept, concept, given, maybe, notes } from "./pieces.ts";
import * as shapes from "./piece-shapes.ts";
import { type DocumentParts, identity, sectionOf } from "./parts.ts";
import type { StructuredSection } from "../structured-section.ts";

export interface ReferralInput {
  /** Why, in the sender's main code for the referral (GPCM-SD-OC-079). */
  reason?: Concept;
  /** In the sender's words (GPCM-SD-OC-080). */
  description?: string;
  /** Only one that maps to the e-Referral Service's; any other goes into `notes` (GPCM-SD-OC-073). */
  priority?: "routine" | "urgent" | "asap" | "stat";
  /** Whoever decided on it; the practitioner of the document unless said (GPCM-SD-OC-076, 077). */
  requester?: Reference;
  /** To whom, where it is recorded by code (GPCM-SD-OC-078). */
  recipients?: readonly Reference[];
  /** The letters, and observations that belong to it (GPCM-SD-OC-081). */
  supporting?: readonly Reference[];
  /** A date, or a date and time with a zone. */
  authored?: string;
  notes?: readonly string[];
}

/**
 * Referrals (GPCM-SD-OC-071 to 081).
 *
 * @throws Itk3Error `input-invalid`
 */
export function referralSection(parts: DocumentParts, inputs: readonly ReferralInput[]): StructuredSection {
  return sectionOf({ title: "Referrals", name: "referrals", entry }, parts, inputs, (input) => referral(parts, input));
}

const entry = fields<ReferralInput>({
  reason: optional(shapes.concept),
  description: optional(text),
  priority: optional(oneOf("routine", "urgent", "asap", "stat")),
  requester: optional(
    reference({
      types: ["Practitioner", "Organization", "Patient", "RelatedPerson", "Device"],
      numbers: { oc: "077", ge: "077" },
    }),
  ),
  recipients: optional(list(reference())),
  supporting: optional(list(reference())),
  authored: optional(dateTime),
  notes: optional(shapes.texts),
});

function referral(parts: DocumentParts, input: ReferralInput): ReferralRequest {
  return {
    resourceType: "ReferralRequest",
    ...identity(parts, profiles.referralRequest),
    status: "unknown",
    intent: "order",
    subject: parts.patient,
    requester: { agent: input.requester ?? parts.practitioner },
    ...given({
      priority: input.priority,
      context: parts.encounter,
      authoredOn: input.authored,
      recipient: input.recipients?.slice(),
      reasonCode: maybe(input.reason, (reason) => [concept(reason)]),
      description: input.description,
      supportingInfo: input.supporting?.slice(),
      note: notes(input.notes),
    }),
  };
}
