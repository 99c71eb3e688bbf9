import { Buffer } from "node:buffer";
import type { ConsultationSummaryInput, GenericDocumentInput, ResponseInput } from "@restante/itk3";

/** UUIDs that count: the same run gives the same message. */
export function countingIds(): () => string {
  let count = 0;
  return () => {
    count += 1;
    return `00000000-0000-4000-8000-${String(count).padStart(12, "0")}`;
  };
}

/** A synthetic consultation of a synthetic patient. */
export function consultation(changes: Partial<ConsultationSummaryInput> = {}): ConsultationSummaryInput {
  return {
    generation: 1,
    ids: countingIds(),
    now: new Date("2026-01-05T10:30:00Z"),
    senderMailbox: "X26OT001",
    senderReference: "encounter-0001",
    recipientType: "FA",
    patient: {
      nhsNumber: "9000000009",
      name: { family: "O'Łukasz-Ampère", given: ["Ann", "Bé"], prefix: "Mrs" },
      birthDate: "1980-02-03",
      gender: "female",
      address: { line: ["1 Test Street & Co"], city: "Leeds", postalCode: "LS1 1AA" },
      phone: "0113 496 0000",
    },
    practitioner: {
      sdsUserId: "900000000001",
      name: { family: "Okafor", given: ["Ada"], prefix: "Dr" },
      phone: "0113 496 0001",
    },
    organisation: { odsCode: "Y90001", name: "Northgate Surgery", phone: "0113 496 0002" },
    date: "2026-01-05T10:00:00+00:00",
    version: 1,
    confidential: false,
    report: { contentType: "application/pdf", bytes: Buffer.from("%PDF-1.7 report") },
    attachments: [
      { title: "Photograph", contentType: "image/png", bytes: Buffer.from("\u0089PNG\r\n\u001a\n", "latin1") },
    ],
    ...changes,
  };
}

/** An infrastructure acknowledgement, of a practice that took it. */
export function receipt(): ResponseInput {
  return {
    now: new Date("2026-01-05T11:00:00Z"),
    ids: countingIds(),
    request: { headerId: "00000000-0000-4000-8000-000000000002" },
    code: "20013",
    diagnostics: "The message was received.",
    responder: { odsCode: "Y90002", mailboxId: "X26OT002" },
  };
}

export function genericInput(changes: Partial<GenericDocumentInput> = {}): GenericDocumentInput {
  return {
    ...consultation(),
    document: { name: "Immunisation", type: { code: "371531000", display: "Report of clinical encounter" } },
    ...changes,
  };
}
