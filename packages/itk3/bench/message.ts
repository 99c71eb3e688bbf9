import { Buffer } from "node:buffer";
import { type Bundle, consultationSummary, writeXml } from "@restante/itk3";

/** A consultation of about this many bytes as XML, nearly all of them its report. */
export function messageOfSize(bytes: number, family = "Test"): Uint8Array {
  return Buffer.from(writeXml(consultationOfSize(bytes, family)));
}

export function consultationOfSize(bytes: number, family: string): Bundle {
  const report = Buffer.alloc(Math.round(((bytes - 9000) * 3) / 4), "%PDF-1.7 a page of a report\n");
  return consultationSummary({
    generation: 1,
    now: new Date("2026-01-05T10:30:00Z"),
    senderMailbox: "X26OT001",
    senderReference: "encounter-0001",
    recipientType: "FA",
    patient: { nhsNumber: "9000000009", name: { family, given: ["Ann"] }, birthDate: "1980-02-03" },
    practitioner: { sdsUserId: "900000000001", name: { family: "Okafor", given: ["Ada"] } },
    organisation: { odsCode: "Y90001", name: "Northgate Surgery", phone: "0113 496 0002" },
    date: "2026-01-05T10:00:00+00:00",
    version: 1,
    confidential: false,
    report: { contentType: "application/pdf", bytes: report },
    attachments: [],
  }).bundle;
}
