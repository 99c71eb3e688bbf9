import { profiles } from "../../names.ts";
import type { Consent, ConsentExcept, Reference } from "../../stu3/types.ts";
import { both, fields, list, optional } from "../../input/shapes.ts";
import { absoluteUri, dateTime, oneOf, uri } from "../../input/values.ts";
import { reference } from "../seen.ts";
import { type Coded, type Concept, coding, concepts, given, maybe, period, type PeriodInput } from "./pieces.ts";
import * as shapes from "./piece-shapes.ts";
import { type DocumentParts, identity, sectionOf } from "./parts.ts";
import type { StructuredSection } from "../structured-section.ts";

/** What is controlled, and of what kind the bond to it is. */
export interface ConsentDataInput {
  meaning: "instance" | "related" | "dependents" | "authoredby";
  reference: Reference;
}

export interface ConsentInput {
  /** GPCM-SD-OC-129. */
  status: "proposed" | "active" | "rejected";
  /** At least one: URIs of the policy and of who answers for it (GPCM-SD-OC-136; FHIR STU3, ppc-1). */
  policies: readonly { uri: string; authority?: string }[];
  /** GPCM-SD-OC-130. */
  categories?: readonly Concept[];
  /** When it holds (GPCM-SD-OC-132). */
  period?: PeriodInput;
  /** Who agrees; the patient unless said (GPCM-SD-OC-133). */
  consentingParties?: readonly Reference[];
  /** What it allows (GPCM-SD-OC-134). */
  actions?: readonly Concept[];
  /** Where it was given: another entry of the document (GPCM-SD-OC-135). */
  source?: Reference;
  /** What for, such as `TREAT` of `http://hl7.org/fhir/v3/ActReason` (GPCM-SD-OC-137). */
  purposes?: readonly Required<Coded>[];
  /** Of when the data are (GPCM-SD-OC-138). */
  dataPeriod?: PeriodInput;
  /** GPCM-SD-OC-139. */
  data?: readonly ConsentDataInput[];
  /** GPCM-SD-OC-140. */
  exceptions?: readonly ConsentExceptionInput[];
  /** A date, or a date and time with a zone: when it was recorded. */
  recorded?: string;
}

/** What is allowed or denied beside the policy. */
export interface ConsentExceptionInput {
  type: "deny" | "permit";
  period?: PeriodInput;
  actions?: readonly Concept[];
  purposes?: readonly Required<Coded>[];
  data?: readonly ConsentDataInput[];
}

/**
 * What the patient agreed to (GPCM-SD-OC-129 to 140).
 *
 * @throws Itk3Error `input-invalid`
 */
export function consentSection(parts: DocumentParts, inputs: readonly ConsentInput[]): StructuredSection {
  return sectionOf({ title: "Consent", name: "consents", entry }, parts, inputs, (input) => consent(parts, input));
}

const purpose = both(shapes.coded, fields<Pick<Coded, "system">>({ system: absoluteUri }));

const data = list(
  fields<ConsentDataInput>({
    meaning: oneOf("instance", "related", "dependents", "authoredby"),
    reference: reference(),
  }),
);

const exceptionShape = fields<ConsentExceptionInput>({
  type: oneOf("deny", "permit"),
  period: optional(shapes.period),
  actions: optional(shapes.concepts),
  purposes: optional(list(purpose)),
  data: optional(data),
});

const entry = fields<ConsentInput>({
  status: oneOf("proposed", "active", "rejected"),
  policies: list(fields<ConsentInput["policies"][number]>({ uri, authority: optional(uri) }), { least: 1 }),
  categories: optional(shapes.concepts),
  period: optional(shapes.period),
  consentingParties: optional(list(reference())),
  actions: optional(shapes.concepts),
  source: optional(reference()),
  purposes: optional(list(purpose)),
  dataPeriod: optional(shapes.period),
  data: optional(data),
  exceptions: optional(list(exceptionShape)),
  recorded: optional(dateTime),
});

function consent(parts: DocumentParts, input: ConsentInput): Consent {
  return {
    resourceType: "Consent",
    ...identity(parts, profiles.consent),
    status: input.status,
    patient: parts.patient,
    consentingParty: input.consentingParties?.slice() ?? [parts.patient],
    policy: input.policies.map(({ uri, authority }) => ({ uri, ...given({ authority }) })),
    ...given({
      category: concepts(input.categories),
      period: maybe(input.period, period),
      dateTime: input.recorded,
      action: concepts(input.actions),
      sourceReference: input.source,
      purpose: input.purposes?.map(coding),
      dataPeriod: maybe(input.dataPeriod, period),
      data: input.data?.map(({ meaning, reference }) => ({ meaning, reference })),
      except: input.exceptions?.map(exception),
    }),
  };
}

function exception({ type, ...input }: ConsentExceptionInput): ConsentExcept {
  return {
    type,
    ...given({
      period: maybe(input.period, period),
      action: concepts(input.actions),
      purpose: input.purposes?.map(coding),
      data: input.data?.map(({ meaning, reference }) => ({ meaning, reference })),
    }),
  };
}
