import {
  businessResponse,
  type BuiltMessage,
  type BuiltResponse,
  consultationSummary,
  type DocumentInput,
  infrastructureResponse,
} from "@restante/itk3";
import { patient } from "./consultations.ts";
import { sender } from "./organisations.ts";

export const workflowId = "GPFED_CONSULT_REPORT";

/** A message about the patient of the test consultations, as another system would send it. */
export function message(changes: Partial<DocumentInput> = {}): BuiltMessage {
  return consultationSummary(documentInput(changes));
}

/** What such a message says, for a document of any kind. */
export function documentInput(changes: Partial<DocumentInput> = {}): DocumentInput {
  return {
    generation: 1,
    now: new Date("2026-03-02T10:30:00Z"),
    senderMailbox: sender.mailboxId,
    senderReference: "encounter-1",
    recipientType: "FA",
    patient: {
      nhsNumber: patient.nhsNumber,
      name: { family: patient.family, given: patient.given },
      birthDate: patient.dateOfBirth,
    },
    practitioner: { sdsUserId: "555000111222", name: { family: "Nowak", given: ["Łukasz"] }, phone: "01632 960003" },
    organisation: { odsCode: sender.odsCode, name: sender.name, phone: sender.phone },
    date: new Date("2026-03-02T10:15:00Z"),
    version: 1,
    confidential: false,
    report: { contentType: "application/pdf", bytes: Buffer.from("%PDF-1.7 report") },
    attachments: [],
    ...changes,
  };
}

/** The same message with a flag of its handling set to false. */
export function withoutAcknowledgement(xml: string, flag: "InfAckRequested" | "BusAckRequested"): string {
  const changed = xml.replace(
    new RegExp(`(<extension url="${flag}">\\s*<valueBoolean value=")true`),
    (_, before: string) => `${before}false`,
  );
  if (changed === xml) throw new Error(`${flag} was not found.`);
  return changed;
}

/** An answer to a message, as its recipient would send it. */
export function response(requestHeaderId: string, code: string, from = "Y99002OT001"): BuiltResponse {
  const build = code.startsWith("3") ? businessResponse : infrastructureResponse;
  return build({
    now: new Date("2026-03-02T10:40:00Z"),
    request: { headerId: requestHeaderId },
    code,
    diagnostics: "As a test says.",
    responder: { odsCode: "Y99002", mailboxId: from },
  });
}
