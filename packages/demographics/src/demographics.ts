import type { NhsNumber, OdsCode } from "@restante/mesh";

/**
 * Who a patient is and which practice keeps the record. The embedded directory is one; the Personal Demographics
 * Service can be another.
 */
export interface Demographics {
  /**
   * The record of this number, or of the number that superseded it: then `nhsNumber` differs from the one asked for.
   * Undefined where the number is not known or was invalidated. Throws DemographicsError `unavailable`, retry `safe`.
   */
  find(nhsNumber: NhsNumber, signal?: AbortSignal): Promise<PatientRecord | undefined>;
}

export interface PatientRecord {
  readonly nhsNumber: NhsNumber;
  /** At least one. */
  readonly names: readonly PersonName[];
  /** `yyyy-mm-dd`, or as much of it as is known: `yyyy-mm` or `yyyy`. */
  readonly dateOfBirth: string;
  readonly gender?: Gender | undefined;
  readonly address?: PostalAddress | undefined;
  readonly phone?: string | undefined;
  /** The day of death, `yyyy-mm-dd`, where it is recorded. */
  readonly deceased?: string | undefined;
  /** The practice that keeps the record, which may have ended or not begun. Never a managing organisation. */
  readonly practice?: Registration | undefined;
  /** Practices the patient has left, where they are known. */
  readonly formerPractices: readonly Registration[];
  /** The patient's whereabouts are withheld (PDS: `R`): nothing may be routed by this record. */
  readonly restricted: boolean;
}

export interface PersonName {
  readonly use: NameUse;
  readonly family: string;
  readonly given: readonly string[];
  readonly prefix?: string | undefined;
}

export type NameUse = "usual" | "old" | "maiden" | "nickname" | "temp";

export type Gender = "male" | "female" | "other" | "unknown";

export interface PostalAddress {
  readonly lines: string[];
  readonly postcode: string;
}

/** A patient's registration at a practice. Days are `yyyy-mm-dd` and both are within it. */
export interface Registration {
  readonly odsCode: OdsCode;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** Whether the registration has begun by this day (`yyyy-mm-dd`). */
export function hasBegun(registration: Registration, today: string): boolean {
  return registration.from === undefined || registration.from <= today;
}

/** Whether the registration is over on this day (`yyyy-mm-dd`). */
export function hasEnded(registration: Registration, today: string): boolean {
  return registration.to !== undefined && registration.to < today;
}

/** Whether this practice keeps the record on this day (`yyyy-mm-dd`). A death does not end a registration by itself. */
export function isRegisteredAt(record: PatientRecord, odsCode: OdsCode, today: string): boolean {
  const { practice } = record;
  return practice?.odsCode === odsCode && hasBegun(practice, today) && !hasEnded(practice, today);
}
