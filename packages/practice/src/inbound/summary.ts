import { idKey, isConfidential } from "@restante/itk3";
import type { Itk3Message, Modifiers, Organization, Patient, Practitioner, stu3 } from "@restante/itk3";
import { bounded, mostKept } from "../bounded.ts";
import type { MessageSummary, PatientSummary } from "../store/tasks.ts";
import type { TaskAttachment } from "../worklist.ts";

const nhsNumberSystem = "https://fhir.nhs.uk/Id/nhs-number";
const odsSystems: ReadonlySet<string | undefined> = new Set([
  "https://fhir.nhs.uk/Id/ods-organization-code",
  "https://fhir.nhs.uk/Id/ods-site-code",
]);

/** More given names than anybody has, and a longer reference than is ever echoed (FHIR-SR-03). */
const mostGiven = 20;
const longestReference = 255;
const longestPhone = 40;

/**
 * What a task shows of its message, bounded: every list reads it. Nothing here decides anything but whom to look for in
 * the register, which goes by the beginnings of names.
 */
export function summarise(message: Itk3Message): MessageSummary {
  const { handling, composition, encounter, patient, sender, custodian } = message;
  const organisation = organisationOf(custodian, sender);
  const practitioner = sender?.resourceType === "Practitioner" ? practitionerName(sender) : undefined;
  return {
    // ITK3: an unreadable RecipientType counts as For Action.
    recipientType: handling.recipientType ?? "FA",
    ...(organisation && { organisation }),
    ...(practitioner && { practitioner }),
    ...(handling.senderReference &&
      handling.senderReference.length <= longestReference && { senderReference: handling.senderReference }),
    ...(composition?.title && { title: kept(composition.title) }),
    ...(composition?.date && { documentDate: kept(composition.date) }),
    ...(encounter?.period?.start && { consultedAt: kept(encounter.period.start) }),
    ...(composition && { confidential: isConfidential(composition) }),
    ...(patient && { patient: patientOf(patient) }),
  };
}

/** In the order of the document. */
export function attachmentsOf(
  message: Itk3Message,
  { touch }: Modifiers,
): (Omit<TaskAttachment, "bytes" | "fileType" | "huge"> & { content: Uint8Array })[] {
  return message.attachments.map((attachment, index) => ({
    title: kept(attachment.title ?? `Attachment ${index + 1}`),
    contentType: kept(attachment.contentType),
    content: attachment.bytes(),
    primary: attachment.primary,
    ...(!attachment.intact && { damaged: true as const }),
    ...(attachment.repaired && { repaired: true as const }),
    ...(attachment.sources.some(touch) && { modified: true as const }),
  }));
}

/** The keys of the ids by which a later document may say that it replaces this one: the document's (SD-039), the message's (CS-027). */
export function idsOf({ bundle, headerId, document }: Itk3Message): string[] {
  return keysOf([document?.id, document?.identifier?.value, bundle.id, bundle.identifier?.value, headerId]);
}

/**
 * The keys of the ids of what this document replaces. What may mean something else, or the opposite, replaces nothing: the earlier
 * document stays on the worklist until a person has looked.
 */
export function replacedBy({ composition }: Itk3Message, { touch }: Modifiers): string[] {
  const replaces = (composition?.relatesTo ?? []).filter(
    (related) =>
      related.code === "replaces" &&
      ![related, related.targetIdentifier, related.targetReference].some((part) => part !== undefined && touch(part)),
  );
  return keysOf(
    replaces.flatMap(({ targetIdentifier, targetReference }) => [targetIdentifier?.value, targetReference?.reference]),
  );
}

function kept(text: string): string {
  return bounded(text, mostKept);
}

function keysOf(ids: readonly (string | undefined)[]): string[] {
  const keys = ids.map((id) => idKey(id ?? "")).filter((key) => key !== "");
  return [...new Set(keys)];
}

/** The document's custodian has a name; the message's sender often has its code alone. */
function organisationOf(
  custodian: Organization | undefined,
  sender: Itk3Message["sender"],
): MessageSummary["organisation"] {
  const organisation = custodian ?? (sender?.resourceType === "Organization" ? sender : undefined);
  if (organisation === undefined) return undefined;
  const odsCode = organisation.identifier?.find(({ system }) => odsSystems.has(system))?.value;
  const { name, telecom } = organisation;
  const phone = telecom?.find(({ system }) => system === "phone")?.value;
  return {
    ...(odsCode && { odsCode: kept(odsCode) }),
    ...(name && { name: kept(name) }),
    ...(phone && { phone: bounded(phone, longestPhone) }),
  };
}

function practitionerName({ name }: Practitioner): string | undefined {
  const written = nameOf(name?.[0]);
  return written && kept(written);
}

function patientOf(patient: Patient): PatientSummary {
  const name = patient.name?.find(({ use }) => use === "official") ?? patient.name?.[0];
  const nhsNumber = patient.identifier?.find(({ system }) => system === nhsNumberSystem)?.value;
  const given = present(name?.given).slice(0, mostGiven).map(kept);
  const prefix = present(name?.prefix)[0];
  return {
    ...(nhsNumber && { nhsNumber: kept(nhsNumber.replaceAll(/\s/g, "")) }),
    ...(prefix && { prefix: kept(prefix) }),
    ...(given.length > 0 && { given }),
    ...(name?.family && { family: kept(name.family) }),
    ...(patient.birthDate && { dateOfBirth: kept(patient.birthDate) }),
  };
}

function nameOf(name: stu3.HumanName | undefined): string | undefined {
  if (name === undefined) return undefined;
  const parts = [...present(name.prefix), ...present(name.given), ...present([name.family])];
  return parts.length === 0 ? name.text : parts.join(" ");
}

function present(texts: readonly (string | null | undefined)[] | undefined): string[] {
  return (texts ?? []).filter((text) => text !== null && text !== undefined && text !== "") as string[];
}
