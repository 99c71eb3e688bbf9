import { type NhsNumber, parseNhsNumber } from "@restante/mesh";
import type { ConsultationSummary } from "../../src/consultation/consultation.ts";
import { sender, receiver } from "./organisations.ts";

export const patient: { nhsNumber: NhsNumber; family: string; given: string[]; dateOfBirth: string } = {
  nhsNumber: parseNhsNumber("9912830164"),
  family: "O'Neill",
  given: ["Siobhán"],
  dateOfBirth: "1988-12-01",
};

/** Seen at `sender`, registered at `receiver`. */
export function consultation(changes: Partial<ConsultationSummary> = {}): ConsultationSummary {
  return {
    kind: "consultation-summary",
    id: "encounter-1",
    version: 1,
    patient: {
      nhsNumber: patient.nhsNumber,
      name: { family: patient.family, given: patient.given, prefix: "Mrs" },
      dateOfBirth: patient.dateOfBirth,
      gender: "female",
      phones: {},
      registeredPractice: { odsCode: receiver.odsCode, name: receiver.name },
    },
    practitioner: {
      sdsUserId: "555000111222",
      name: { family: "Nowak", given: ["Łukasz"], prefix: "Dr" },
      role: "GP",
      phone: "01632 960003",
    },
    organisation: { odsCode: sender.odsCode },
    start: new Date("2026-03-02T10:15:00Z"),
    confidential: false,
    sections: [{ title: "History", notes: [{ text: "Cough for ten days." }] }],
    followUpActions: [],
    attachments: [
      {
        title: "Photograph",
        contentType: "image/png",
        bytes: new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
      },
    ],
    ...changes,
  };
}
