import { type PatientRecord } from "@restante/demographics";
import { parseNhsNumber, parseOdsCode } from "@restante/mesh";

export const here: ReturnType<typeof parseOdsCode> = parseOdsCode("Y99002");
export const elsewhere: ReturnType<typeof parseOdsCode> = parseOdsCode("Y99001");

/** A patient registered at `here`, with what matters to the test changed. */
export function patient(changes: Partial<PatientRecord> = {}): PatientRecord {
  return {
    nhsNumber: parseNhsNumber("9912830164"),
    names: [
      { use: "usual", family: "O'Neill", given: ["Siobhán"] },
      { use: "maiden", family: "Fitzgerald", given: ["Siobhán"] },
    ],
    dateOfBirth: "1988-12-01",
    practice: { odsCode: here, from: "2014-04-07" },
    formerPractices: [],
    restricted: false,
    ...changes,
  };
}
