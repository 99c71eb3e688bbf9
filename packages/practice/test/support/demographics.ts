import type { Demographics, PatientRecord } from "@restante/demographics";
import type { NhsNumber } from "@restante/mesh";
import { patient } from "./consultations.ts";
import { receiver } from "./organisations.ts";

/** The patient of the test consultations, registered at `receiver`, with what matters to the test changed. */
export function record(changes: Partial<PatientRecord> = {}): PatientRecord {
  return {
    nhsNumber: patient.nhsNumber,
    names: [{ use: "usual", family: patient.family, given: patient.given }],
    dateOfBirth: patient.dateOfBirth,
    practice: { odsCode: receiver.odsCode, from: "2014-04-07" },
    formerPractices: [],
    restricted: false,
    ...changes,
  };
}

export function demographicsOf(...records: PatientRecord[]): Demographics {
  const byNumber = new Map<NhsNumber, PatientRecord>(records.map((record) => [record.nhsNumber, record]));
  return { find: async (nhsNumber) => byNumber.get(nhsNumber) };
}
