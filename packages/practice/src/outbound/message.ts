import { type BuiltMessage, consultationSummary, type DocumentInput, onlineConsultation } from "@restante/itk3";
import type { MailboxId } from "@restante/mesh";
import { attachmentsToSend, type Consultation, type PostalAddress } from "../consultation/consultation.ts";
import type { PracticeContext } from "../context.ts";
import type { PracticeOrganisation } from "../options.ts";

/** What an earlier report of the same consultation fixes for this one. */
export interface EarlierVersion {
  documentIdentifier: string;
  compositionIdentifier: string;
}

/** Builds the ITK3 message that carries a consultation's report. Throws Itk3Error "input-invalid". */
export function buildMessage(
  { organisation, clock, generation }: Pick<PracticeContext, "organisation" | "clock" | "generation">,
  senderMailbox: MailboxId,
  consultation: Consultation,
  report: Uint8Array,
  earlier: EarlierVersion | undefined,
): BuiltMessage {
  const input: DocumentInput = {
    generation,
    now: clock.now(),
    senderMailbox,
    senderReference: consultation.id,
    recipientType: "FA",
    patient: patientOf(consultation),
    practitioner: consultation.practitioner,
    organisation: organisationOf(organisation),
    ...registeredPracticeOf(consultation),
    date: consultation.start,
    version: consultation.version,
    confidential: consultation.confidential,
    ...(earlier && { replaces: earlier.documentIdentifier, compositionIdentifier: earlier.compositionIdentifier }),
    report: { contentType: "application/pdf", bytes: report },
    attachments: attachmentsToSend(consultation),
  };
  return consultation.kind === "consultation-summary" ? consultationSummary(input) : onlineConsultation(input);
}

function patientOf({ patient }: Consultation): DocumentInput["patient"] {
  const { nhsNumber, name, dateOfBirth, gender, address, phones } = patient;
  const phone = phones.mobile ?? phones.home;
  return {
    nhsNumber,
    name,
    birthDate: dateOfBirth,
    ...(gender && { gender }),
    ...(address && { address: addressOf(address) }),
    ...(phone && { phone }),
  };
}

function organisationOf({ odsCode, name, phone, address }: PracticeOrganisation): DocumentInput["organisation"] {
  return { odsCode, name, phone, ...(address && { address: addressOf(address) }) };
}

function registeredPracticeOf({ patient }: Consultation): Pick<DocumentInput, "registeredPractice"> {
  const practice = patient.registeredPractice;
  // A CareConnect-Organization-1 needs a name.
  return practice?.name === undefined ? {} : { registeredPractice: { odsCode: practice.odsCode, name: practice.name } };
}

function addressOf({ lines, postcode }: PostalAddress): NonNullable<DocumentInput["patient"]["address"]> {
  return { line: lines, ...(postcode && { postalCode: postcode }) };
}
