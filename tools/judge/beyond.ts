// What HAPI's validator holds to be an error and is none for us, each with its reason: it holds what later versions of FHIR ask
// against messages of STU3 too, and where two texts cannot both be kept, it knows one of them. These are counted apart.
import type { Problem } from "./problem.ts";

export interface Beyond {
  /** The whole kind, as HAPI names it. */
  kind: string;
  /** What its text holds, where not all of the kind are meant. */
  of?: RegExp;
  reason: string;
}

const beyond: readonly Beyond[] = [
  {
    kind: "The XML encoding is invalid (must be UTF-8, not 'null')",
    reason: "XML that names no encoding is UTF-8 (XML 1.0, 4.3.3)",
  },
  {
    kind: "A document must have a date (Bundle.timestamp)",
    reason: "STU3's Bundle has no timestamp: an invariant of R4 (bdl-10)",
  },
  {
    kind: "Validation_VAL_Profile_Unknown",
    of: /Failed to retrieve profile/,
    reason:
      "the profile that the message names is not among the definitions: HAPI makes an error of that for the message itself",
  },
  {
    kind: "Reference_REF_BadTargetType",
    of: /Found Organization, but expected one of \(\[Practitioner, Device, Patient, RelatedPerson\]\)/,
    reason: "SCAL-GPCM-SD-107 asks for the Organization in Composition.author (decision 183)",
  },
  {
    kind: "Extension_EXTP_Context_Wrong",
    of: /encounter-associatedEncounter/,
    reason: "FHIR has the extension in an Encounter only; GPCM-SD-OC-088 asks for it in an AllergyIntolerance",
  },
];

/** Why an error of theirs is none for us; undefined where it is one. */
export function reasonBeyond({ kind, text }: Problem): string | undefined {
  return beyond.find((one) => one.kind === kind && (one.of === undefined || one.of.test(text)))?.reason;
}
