import { ackWorkflow, parseMailboxId, writeRoutingAddress } from "@restante/mesh";
import { messageDefinitions, profiles } from "../names.ts";
import type { Bundle, Composition, Resource } from "../stu3/types.ts";
import { escapeXhtml, writeXml } from "../xml/write-resource.ts";
import { isRecord } from "../input/shapes.ts";
import { placeOf, problemList } from "../input/problems.ts";
import { type Allotted, allot, idsOf } from "./allotted.ts";
import { documentShape } from "./document-shape.ts";
import { bundle, headerOrganization, instant, messageHeader, referenceTo, uuidIdentifier } from "./entry.ts";
import type {
  ConsultationSummaryInput,
  DocumentInput,
  GenericDocumentInput,
  OnlineConsultationInput,
} from "./input.ts";
import type { Generation } from "./generation.ts";
import { consultation, type DocumentKind, generic, online, type Wording } from "./kind.ts";
import {
  attachmentResource,
  encounterResource,
  organizationResource,
  patientResource,
  practitionerResource,
} from "./resources.ts";
import { originOf } from "./gathering.ts";
import { sectionsOf } from "./document-sections.ts";
import { listSection } from "./sections/lists.ts";
import type { StructuredSection } from "./structured-section.ts";
import { addressFor } from "./recipient.ts";
import { type Origins, refuseNonconforming } from "./refuse-nonconforming.ts";

/** What goes beside the message: the words of the control file, or of the API's headers. */
export interface Envelope {
  workflowId: string;
  ackWorkflowId: string;
  /** Names the patient: never to be logged. */
  subject: string;
  /** The subject for the API, where generation 2 words it otherwise (`Mex-Subject`). */
  apiSubject: string;
  /** The sender's ODS code. */
  localId: string;
  /** Mex-To or To_DTS: the mailbox that was given, else the registered practice. */
  to: string;
  /** `GPPROVIDER_...`, the registered practice by patient: never to be logged. */
  registeredPractice: string;
  fileName: string;
}

export interface BuiltMessage {
  useCase: "consultation-summary" | "online-consultation" | "generic";
  generation: Generation;
  /** What goes into the `.dat` file or the request's body, as UTF-8. */
  xml: string;
  bundle: Bundle;
  /** MessageHeader.id: what a response names. */
  headerId: string;
  /** Bundle.id of the document: never used twice (20008). */
  documentId: string;
  /** Bundle.identifier of the document: what a replacement names. */
  documentIdentifier: string;
  compositionIdentifier: string;
  envelope: Envelope;
}

/**
 * The report of a consultation away from the registered practice: always For Action (GPCM-SD-CS-043).
 *
 * @throws Itk3Error `input-invalid`, with every problem of the input
 */
export function consultationSummary(input: ConsultationSummaryInput): BuiltMessage {
  return buildDocument(input, "consultation-summary");
}

/**
 * The report of an online consultation.
 *
 * @throws Itk3Error `input-invalid`, with every problem of the input
 */
export function onlineConsultation(input: OnlineConsultationInput): BuiltMessage {
  return buildDocument(input, "online-consultation");
}

/**
 * Any other document.
 *
 * @throws Itk3Error `input-invalid`, with every problem of the input
 */
export function genericDocument(input: GenericDocumentInput): BuiltMessage {
  return buildDocument(input, "generic");
}

function buildDocument(input: DocumentInput, useCase: DocumentKind["useCase"]): BuiltMessage {
  const problems = problemList();
  const at = placeOf(problems);
  documentShape(useCase)(input, at);
  // Nothing can be said of what is in no object.
  if (!isRecord(input)) problems.refuse();
  const allotted = allot(input, useCase, idsOf(input.ids, at));
  const sections = sectionsOf(input, useCase, allotted, at, problems);
  problems.refuse();
  return documentOf(input, kindOf(input, useCase), allotted, sections);
}

function kindOf(input: DocumentInput, useCase: DocumentKind["useCase"]): DocumentKind {
  if (useCase === "consultation-summary") return consultation;
  return useCase === "online-consultation" ? online : generic((input as GenericDocumentInput).document);
}

function documentOf(
  input: DocumentInput,
  kind: DocumentKind,
  allotted: Allotted,
  sections: readonly StructuredSection[],
): BuiltMessage {
  const { ids, compositionIdentifier } = allotted;
  const { generation } = input;
  const wording = wordingOf(input);
  const sender = headerOrganization(allotted.sender, input.organisation.odsCode);
  const header = messageHeader({
    id: allotted.header,
    handling: {
      acknowledge: true,
      recipientType: input.recipientType,
      messageDefinition: messageDefinitions.sendDocument,
      senderReference: input.senderReference,
      localExtension: kind.localExtension(generation),
    },
    event: "sendDocument",
    now: input.now,
    sender,
    mailbox: parseMailboxId(input.senderMailbox),
  });
  const { document, origins } = documentBundle(input, kind, allotted, sections);
  header.focus = [referenceTo(document)];
  const message = bundle("message", ids(), ids(), [header, sender, document]);
  const workflowId = kind.workflowId(generation);
  const registeredPractice = writeRoutingAddress({
    nhsNumber: input.patient.nhsNumber,
    dateOfBirth: input.patient.birthDate,
    surname: input.patient.name.family,
    order: generation === 1 ? "DDMMYYYY" : "YYYYMMDD",
  });
  const envelope = {
    workflowId,
    ackWorkflowId: ackWorkflow(workflowId),
    subject: kind.subject(generation, wording),
    apiSubject: kind.apiSubject(generation, wording),
    localId: input.organisation.odsCode,
    to: addressFor(input, registeredPractice),
    registeredPractice,
    fileName: `${allotted.header}.xml`,
  };
  refuseNonconforming(message, { envelope, generation, useCase: kind.useCase }, origins);
  return {
    useCase: kind.useCase,
    generation,
    xml: writeXml(message),
    bundle: message,
    headerId: allotted.header,
    documentId: document.id ?? "",
    documentIdentifier: document.identifier?.value ?? "",
    compositionIdentifier,
    envelope,
  };
}

function documentBundle(
  input: DocumentInput,
  kind: DocumentKind,
  allotted: Allotted,
  sections: readonly StructuredSection[],
): { document: Bundle; origins: Origins } {
  const { ids, parts, compositionIdentifier } = allotted;
  const organisation = organizationResource(allotted.organisation, input.organisation);
  const registered = input.registeredPractice;
  const practice = registered && organizationResource(allotted.practice ?? "", registered);
  const patient = patientResource(allotted.patient, input.patient, practice);
  const practitioner = practitionerResource(allotted.practitioner, input.practitioner);
  const encounter =
    allotted.encounter === undefined
      ? undefined
      : encounterResource(allotted.encounter, { kind, patient, practitioner, organisation, date: input.date });
  const files = [{ ...input.report, title: input.report.title ?? kind.title }, ...input.attachments].map(
    (file, index) => ({ title: file.title, binary: attachmentResource(allotted.files[index] ?? "", file) }),
  );
  const structured = [...sections, ...listSection(parts, sections)];
  const composition: Composition = {
    resourceType: "Composition",
    id: ids(),
    meta: { profile: [profiles.composition] },
    text: {
      status: "generated",
      div: `<div xmlns="http://www.w3.org/1999/xhtml"><p>${escapeXhtml(kind.summary(wordingOf(input)))}</p></div>`,
    },
    identifier: uuidIdentifier(compositionIdentifier),
    status: "final",
    type: { coding: [kind.type] },
    subject: parts.patient,
    ...(parts.encounter === undefined ? {} : { encounter: parts.encounter }),
    date: instant(input.now),
    // Send Document 2 names the organisation as author too (SCAL GPCM-SD-107), which FHIR STU3 does not allow: decision 183.
    author: [parts.practitioner, ...(input.generation === 2 ? [parts.organisation] : [])],
    title: kind.title,
    confidentiality: input.confidential ? "R" : "N",
    custodian: parts.organisation,
    ...(input.replaces === undefined
      ? {}
      : { relatesTo: [{ code: "replaces", targetIdentifier: uuidIdentifier(input.replaces) }] }),
    // The report first (GPCM-SD-032), then the other attachments, then what systems read.
    section: [
      ...files.map(({ title, binary }) => ({ title, entry: [referenceTo(binary)] })),
      ...structured.map(({ title, resources }) => ({ title, entry: resources.map(referenceTo) })),
    ],
  };
  const document = bundle("document", ids(), ids(), [
    composition,
    ...files.map(({ binary }) => binary),
    ...structured.flatMap(({ resources }) => resources),
    ...(encounter === undefined ? [] : [encounter]),
    practitioner,
    organisation,
    ...(practice === undefined ? [] : [practice]),
    patient,
  ]);
  const origins: Origins = new Map<Resource, string>([
    ...sections.flatMap(({ resources }, place) =>
      resources.map((resource, index): [Resource, string] => [
        resource,
        `sections[${place}].${originOf(resource) ?? `resources[${index}]`}`,
      ]),
    ),
    ...files.map(({ binary }, index): [Resource, string] => [
      binary,
      index === 0 ? "report" : `attachments[${index - 1}]`,
    ]),
    [practitioner, "practitioner"],
    [organisation, "organisation"],
    [patient, "patient"],
  ]);
  if (practice !== undefined) origins.set(practice, "registeredPractice");
  return { document, origins };
}

function wordingOf(input: DocumentInput): Wording {
  const { prefix, given, family } = input.patient.name;
  return {
    patientName: [prefix, ...given, family].filter((part) => part !== undefined && part !== "").join(" "),
    nhsNumber: input.patient.nhsNumber,
    version: input.version,
    practice: input.confidential ? undefined : { name: input.organisation.name, odsCode: input.organisation.odsCode },
  };
}
