import { randomUUID } from "node:crypto";
import { ackWorkflow, parseMailboxId, writeRoutingAddress } from "@restante/mesh";
import { messageDefinitions, profiles } from "../names.ts";
import type { Bundle, Composition } from "../stu3/types.ts";
import { escapeXhtml, writeXml } from "../xml/write-resource.ts";
import { bundle, headerOrganization, instant, messageHeader, referenceTo, uuidIdentifier } from "./entry.ts";
import type {
  ConsultationSummaryInput,
  DocumentInput,
  Generation,
  GenericDocumentInput,
  OnlineConsultationInput,
} from "./input.ts";
import { consultation, type DocumentKind, generic, online, type Wording } from "./kind.ts";
import {
  attachmentResource,
  encounterResource,
  organizationResource,
  patientResource,
  practitionerResource,
} from "./resources.ts";
import { listSection } from "./sections/lists.ts";
import { refuseUnfit } from "./sections/refuse-unfit.ts";
import { addressFor, refuseRecipient } from "./recipient.ts";
import { refuseDangling } from "./refuse-dangling.ts";
import { refuseNonconforming } from "./refuse-nonconforming.ts";
import { refuseDocument, refuseInvalid, refuseTelling } from "./refuse-invalid.ts";

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
 * @throws Itk3Error `input-invalid`
 * @throws MeshError `mailbox-id-invalid`, `routing-address-invalid` of a date of birth before 1850
 */
export function consultationSummary(input: ConsultationSummaryInput): BuiltMessage {
  refuseTelling(input);
  return buildDocument(input, consultation);
}

/**
 * The report of an online consultation.
 *
 * @throws Itk3Error `input-invalid`
 * @throws MeshError `mailbox-id-invalid`, `routing-address-invalid` of a date of birth before 1850
 */
export function onlineConsultation(input: OnlineConsultationInput): BuiltMessage {
  return buildDocument(input, online);
}

/**
 * Any other document.
 *
 * @throws Itk3Error `input-invalid`
 * @throws MeshError `mailbox-id-invalid`, `routing-address-invalid` of a date of birth before 1850
 */
export function genericDocument(input: GenericDocumentInput): BuiltMessage {
  refuseDocument(input);
  return buildDocument(input, generic(input.document));
}

function buildDocument(input: DocumentInput, kind: DocumentKind): BuiltMessage {
  refuseInvalid(input);
  refuseRecipient(kind.useCase, input.generation, input);
  const ids = input.ids ?? randomUUID;
  const { generation } = input;
  const wording = wordingOf(input);
  const sender = headerOrganization(ids(), input.organisation.odsCode);
  const header = messageHeader({
    id: input.headerId ?? ids(),
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
  const compositionIdentifier = input.compositionIdentifier ?? ids();
  const document = documentBundle(input, kind, wording, compositionIdentifier, ids);
  header.focus = [referenceTo(document)];
  const message = bundle("message", ids(), ids(), [header, sender, document]);
  for (const resource of [message, header, sender, document]) refuseUnfit(resource);
  const workflowId = kind.workflowId(generation);
  const headerId = header.id ?? "";
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
    fileName: `${headerId}.xml`,
  };
  refuseNonconforming(message, { envelope, generation, useCase: kind.useCase });
  return {
    useCase: kind.useCase,
    generation,
    xml: writeXml(message),
    bundle: message,
    headerId,
    documentId: document.id ?? "",
    documentIdentifier: document.identifier?.value ?? "",
    compositionIdentifier,
    envelope,
  };
}

function documentBundle(
  input: DocumentInput,
  kind: DocumentKind,
  wording: Wording,
  compositionIdentifier: string,
  ids: () => string,
): Bundle {
  const organisation = organizationResource(ids(), input.organisation);
  const registered = input.registeredPractice;
  const practice = registered === undefined ? undefined : organizationResource(ids(), registered);
  const patient = patientResource(ids(), input.patient, practice);
  const practitioner = practitionerResource(ids(), input.practitioner);
  const encounter = kind.hasEncounter
    ? encounterResource(ids(), { kind, patient, practitioner, organisation, date: input.date })
    : undefined;
  const files = [
    { title: input.report.title ?? kind.title, binary: attachmentResource(ids(), input.report) },
    ...input.attachments.map((file) => ({ title: file.title, binary: attachmentResource(ids(), file) })),
  ];
  const parts = {
    patient: referenceTo(patient),
    practitioner: referenceTo(practitioner),
    organisation: referenceTo(organisation),
    encounter: encounter === undefined ? undefined : referenceTo(encounter),
    attachments: files.map(({ binary }) => referenceTo(binary)),
    ids,
  };
  const entries = input.sections?.(parts) ?? [];
  const structured = [...entries, ...listSection(parts, entries)];
  const composition: Composition = {
    resourceType: "Composition",
    id: ids(),
    meta: { profile: [profiles.composition] },
    text: {
      status: "generated",
      div: `<div xmlns="http://www.w3.org/1999/xhtml"><p>${escapeXhtml(kind.summary(wording))}</p></div>`,
    },
    identifier: uuidIdentifier(compositionIdentifier),
    status: "final",
    type: { coding: [kind.type] },
    subject: referenceTo(patient),
    ...(encounter === undefined ? {} : { encounter: referenceTo(encounter) }),
    date: instant(input.now),
    // Send Document 2 names the organisation as author too (SCAL GPCM-SD-107).
    author: [referenceTo(practitioner), ...(input.generation === 2 ? [referenceTo(organisation)] : [])],
    title: kind.title,
    confidentiality: input.confidential ? "R" : "N",
    custodian: referenceTo(organisation),
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
  for (const { resource } of document.entry ?? []) if (resource !== undefined) refuseUnfit(resource);
  refuseDangling(document);
  return document;
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
