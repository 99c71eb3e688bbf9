// What the input of a document must look like. What no valid message can be made of is told by its field.
import { isNhsNumber, writeRoutingAddress } from "@restante/mesh";
import { requirementId, type RequirementNumbers } from "../check/rule.ts";
import { all, between, fields, isRecord, list, optional, type Shape } from "../input/shapes.ts";
import {
  bytes,
  callable,
  flag,
  line,
  mediaType,
  oneOf,
  parses,
  primitive,
  text,
  textThat,
  time,
  wholeDate,
} from "../input/values.ts";
import { fileTypeOf } from "../message/file-type.ts";
import { isUuid } from "../message/id-key.ts";
import { primitiveFault } from "../stu3/primitives.ts";
import { isSnomedIdentifier } from "../stu3/snomed.ts";
import type { AttachmentInput, DocumentInput, GenericDocumentInput, OrganisationInput, PatientInput } from "./input.ts";
import type { DocumentKind } from "./kind.ts";
import { mailbox } from "./mailbox.ts";
import { addressShape, nameShape, odsCode, organisationShapes, practitionerShape } from "./people-shapes.ts";
import { recipientShapes, tellUnsuited } from "./recipient.ts";

type UseCase = DocumentKind["useCase"];

export const headerId: Shape = primitive("id");

const isRoutable = parses((dateOfBirth) =>
  writeRoutingAddress({ nhsNumber: "", dateOfBirth, surname: "", order: "YYYYMMDD" }),
);

const patient = fields<PatientInput>({
  nhsNumber: textThat(isNhsNumber, "is not a valid NHS number"),
  name: nameShape,
  birthDate: textThat(isRoutable, "is not between 1850 and 2100: MESH routes by it", { shape: wholeDate }),
  gender: optional(oneOf("male", "female", "other", "unknown")),
  address: optional(addressShape),
  phone: optional(text),
});

const registeredPractice = fields<NonNullable<DocumentInput["registeredPractice"]>>({
  odsCode,
  name: line,
  phone: optional(text),
});

const pdf: Shape = (value, at) => {
  bytes(value, at);
  if (at.isRight() && fileTypeOf(value as Uint8Array) !== "application/pdf") at.tell("are no PDF");
};

const report = fields<DocumentInput["report"]>({
  contentType: oneOf("application/pdf"),
  bytes: pdf,
  title: optional(text),
});

const attachment = fields<AttachmentInput>({ title: text, contentType: mediaType, bytes });

/** An instant, or a date. */
const date: Shape = (value, at) => {
  if (value instanceof Date) return time(value, at);
  const isDate = typeof value === "string" && primitiveFault("dateTime", value) === undefined;
  if (!isDate) at.tell("is neither a date nor an instant with a zone");
};

/** What the sentences of text and subject are read for has six digits. */
const mostVersions = 999_999;

const version: Shape = (value, at) => {
  if (!Number.isSafeInteger(value) || (value as number) < 1 || (value as number) > mostVersions) {
    at.tell(`must be a whole number from 1 to ${mostVersions}`);
  }
};

const uuid = textThat(isUuid, "must be a UUID");

const documentFields: Readonly<Record<keyof DocumentInput, Shape>> = {
  ...recipientShapes,
  generation: oneOf(1, 2),
  ids: optional(callable),
  now: time,
  headerId: optional(headerId),
  senderMailbox: mailbox,
  senderReference: textThat((value) => value.length <= 255, "must have 1 to 255 characters", {
    requirement: "FHIR-SR-03",
  }),
  patient,
  practitioner: practitionerShape,
  organisation: fields<OrganisationInput>(organisationShapes),
  registeredPractice: optional(registeredPractice),
  date,
  version,
  confidential: flag,
  replaces: optional(textThat(isUuid, "must be a UUID", { requirement: "GPCM-SD-039" })),
  compositionIdentifier: optional(uuid),
  report,
  attachments: list(attachment),
  sections: optional(callable),
};

// SCAL GPCM-SD-115.
const secondTypes: ReadonlySet<string> = new Set(["371531000", "149701000000109"]);

const snomedCode = textThat(isSnomedIdentifier, "must be a SNOMED CT identifier, check digit included");
const snomedConcept = fields<{ code: string; display: string }>({ code: snomedCode, display: text });

const documentName: Shape = (value, at) => {
  line(value, at);
  if (!at.isRight()) return;
  const name = value as string;
  if (/(?:^|\s)report$/i.test(name)) at.tell("ends in report, which the title adds");
  if (/^(?:online )?consultation$/i.test(name)) at.tell("is that of another use case");
};

const genericFields: Readonly<Record<keyof GenericDocumentInput, Shape>> = {
  ...documentFields,
  document: fields<GenericDocumentInput["document"]>({
    name: documentName,
    type: snomedConcept,
    encounterType: optional(snomedConcept),
  }),
};

/** What a field must be by a requirement, which goes by another number in each generation and use case. */
function asked(
  useCase: UseCase,
  name: keyof DocumentInput,
  numbers: RequirementNumbers,
  wrong: (input: DocumentInput) => string | undefined,
  beside: readonly (keyof DocumentInput)[] = [],
): Shape {
  return between<DocumentInput>(["generation", name, ...beside], (input, at) => {
    const text = wrong(input);
    if (text !== undefined) at.field(name).tell(text, requirementId({ numbers }, input.generation, useCase));
  });
}

const identified = (useCase: UseCase): Shape =>
  asked(useCase, "senderReference", { cs: "046", oc: "145", ge: "272", scal: "GPCM-SD-042" }, ({ senderReference }) =>
    /^none$/i.test(senderReference.trim()) ? "must identify the encounter" : undefined,
  );

const replacing = (useCase: UseCase): Shape =>
  asked(
    useCase,
    "replaces",
    { cs: "027", oc: "011", ge: "011", scal: "GPCM-SD-123" },
    ({ version: number, replaces }) =>
      number > 1 && replaces === undefined ? "must be given for a version above 1" : undefined,
    ["version"],
  );

const original = (useCase: UseCase): Shape =>
  asked(
    useCase,
    "replaces",
    { cs: "007", scal: "GPCM-SD-098" },
    ({ version: number, replaces }) =>
      number === 1 && replaces !== undefined ? "must not be given: version 1 replaces nothing" : undefined,
    ["version"],
  );

const secondConfidential = between<DocumentInput>(["generation", "confidential"], (input, at) => {
  if (input.generation === 2 && input.confidential) {
    at.field("confidential").tell("must be false: Send Document 2 does not send a confidential consultation (2.0.2)");
  }
});

/** Attachments and entries tell of a confidential consultation what its summary must not. Generation 2 sends none. */
const tellsNothing = between<DocumentInput>(["generation", "confidential"], (input, at) => {
  if (!input.confidential || input.generation === 2) return;
  if (input.sections !== undefined)
    at.field("sections").tell("must not be given with a confidential consultation summary");
  if (Array.isArray(input.attachments) && input.attachments.length > 0) {
    at.field("attachments").tell("must be empty: of a confidential consultation summary the report alone is sent");
  }
});

const secondType: Shape = (value, at) => {
  const place = at.field("document").field("type").field("code");
  if (!isRecord(value) || !place.isRight() || !at.field("generation").isRight()) return;
  const { document, generation } = value as unknown as GenericDocumentInput;
  if (generation === 2 && !secondTypes.has(document.type.code)) {
    place.tell("is none that Send Document 2 allows", "SCAL-GPCM-SD-115");
  }
};

/** A practice that sends a consultation summary to itself: other documents may be for it (SCAL GPCM-SD-083). */
const toAnother = between<DocumentInput>(["generation", "organisation", "registeredPractice"], (input, at) => {
  const { generation, organisation, registeredPractice: practice } = input;
  if (practice?.odsCode !== organisation.odsCode) return;
  const id = requirementId({ numbers: { cs: "071", scal: "GPCM-SD-083" } }, generation, "consultation-summary");
  at.field("registeredPractice").field("odsCode").tell("is that of the organisation: it keeps the record already", id);
});

/** What a document of the use case must look like. */
export function documentShape(useCase: UseCase): Shape {
  const rest: Readonly<Record<UseCase, readonly Shape[]>> = {
    "consultation-summary": [tellsNothing, toAnother],
    "online-consultation": [],
    generic: [secondType],
  };
  const own =
    useCase === "generic" ? fields<GenericDocumentInput>(genericFields) : fields<DocumentInput>(documentFields);
  return all(
    own,
    identified(useCase),
    replacing(useCase),
    original(useCase),
    secondConfidential,
    ...rest[useCase],
    between<DocumentInput>(["generation", "recipientType", "recipientMailbox"], (input, at) => {
      tellUnsuited(useCase, input.generation, input, at);
    }),
  );
}
