import type { OdsCode } from "@restante/mesh";
import { hasBegun, hasEnded, isRegisteredAt, type PatientRecord, type Registration } from "./demographics.ts";
import { firstLetters, givenNamesAgree, surnamesAgree } from "./names.ts";

/**
 * What a patient is to a practice, which its business response says: `known` 30001, `not-known` 30002,
 * `no-longer-here` 30003, `recently-deceased` 30004 (ITK3 response codes 2.10.0).
 */
export type PatientStanding = "known" | "recently-deceased" | "not-known" | "no-longer-here";

/** What the document says of its patient, beside the NHS number by which the record was found. */
export interface SuppliedPatient {
  /** `yyyy-mm-dd`. */
  readonly dateOfBirth?: string | undefined;
  readonly family?: string | undefined;
  readonly given?: readonly string[] | undefined;
}

const recentMonths = 6;

/**
 * `record` is what the document's NHS number was found to be, undefined if nothing; `today` is `yyyy-mm-dd`. A record
 * whose patient is not evidently the document's is `not-known`: a document must not be filed on another person's record.
 */
export function patientStanding(
  record: PatientRecord | undefined,
  odsCode: OdsCode,
  today: string,
  supplied: SuppliedPatient,
): PatientStanding {
  if (record === undefined || !isSamePatient(record, supplied)) return "not-known";
  const here = [...(record.practice === undefined ? [] : [record.practice]), ...record.formerPractices].filter(
    (registration) => registration.odsCode === odsCode && hasBegun(registration, today),
  );
  if (here.length === 0) return "not-known";
  if (record.deceased !== undefined) return standingOfDeceased(here, record.deceased, today);
  return isRegisteredAt(record, odsCode, today) ? "known" : "no-longer-here";
}

/**
 * The published cross-check behind an NHS number: the date of birth is the same; or two of its three parts are, and
 * the first three letters of the surname and the first of the given name agree with one of the patient's names.
 */
export function isSamePatient(record: PatientRecord, supplied: SuppliedPatient): boolean {
  if (supplied.dateOfBirth === undefined) return false;
  if (supplied.dateOfBirth === record.dateOfBirth) return true;
  const recorded = record.dateOfBirth.split("-");
  const sameParts = supplied.dateOfBirth.split("-").filter((part, index) => part === recorded[index]).length;
  return sameParts >= 2 && record.names.some((name) => namesAgree(name, supplied));
}

/**
 * Whether a document describes whoever has its NHS number in all that people know them by: the date of birth, and the
 * surname and a given name of one of their names. The cross-check lets another first name pass, as of a twin whose number
 * was taken, and another year of birth.
 */
export function agreesInAll(record: PatientRecord, supplied: SuppliedPatient): boolean {
  return (
    supplied.dateOfBirth === record.dateOfBirth &&
    record.names.some(
      ({ family, given }) =>
        surnamesAgree(family, supplied.family ?? "") &&
        given.some((one) => (supplied.given ?? []).some((other) => givenNamesAgree(one, other))),
    )
  );
}

function namesAgree(name: { family: string; given: readonly string[] }, supplied: SuppliedPatient): boolean {
  const initial = firstLetters(supplied.given?.[0] ?? "", 1);
  return (
    initial !== "" &&
    initial === firstLetters(name.given[0] ?? "", 1) &&
    surnamesAgree(name.family, supplied.family ?? "")
  );
}

/** 30004 is for those who were here when they died, for less than 6 months from then; 30003 from then on. */
function standingOfDeceased(here: readonly Registration[], deceased: string, today: string): PatientStanding {
  const wasHere = here.some((registration) => hasBegun(registration, deceased) && !hasEnded(registration, deceased));
  return wasHere && today < monthsAfter(deceased, recentMonths) ? "recently-deceased" : "no-longer-here";
}

/** The same day some months later, or the last day of that month where it has no such day. */
function monthsAfter(day: string, months: number): string {
  const [year = 0, month = 1, dayOfMonth = 1] = day.split("-").map(Number);
  const lastDay = new Date(Date.UTC(year, month + months, 0)).getUTCDate();
  return new Date(Date.UTC(year, month - 1 + months, Math.min(dayOfMonth, lastDay))).toISOString().slice(0, 10);
}
