import { isNhsNumber, type NhsNumber, type OdsCode, type RoutingAddress, type RoutingErrorCode } from "@restante/mesh";
import { type Demographics, hasBegun, hasEnded, type PatientRecord } from "./demographics.ts";
import { surnamesAgree } from "./names.ts";

/** Where a message addressed to a patient goes, or why it cannot go anywhere. */
export type RoutingOutcome =
  | {
      readonly outcome: "practice";
      readonly odsCode: OdsCode;
      /** Of the record that was found; not the one asked for if that was superseded. */
      readonly nhsNumber: NhsNumber;
      /** For the audit. */
      readonly notes: readonly RoutingNote[];
    }
  | {
      readonly outcome: "refused";
      readonly code: RoutingErrorCode;
      /** For our own logs. Never shown to the sender: `restricted` by itself says too much. */
      readonly reason: RoutingRefusal;
    };

/** `superseded`: routed on another NHS number than the one asked for. */
export type RoutingNote = "deceased" | "superseded";

export type RoutingRefusal =
  | "nhs-number-invalid"
  | "nhs-number-not-found"
  | "date-of-birth-unreadable"
  | "date-of-birth-partial"
  | "date-of-birth-differs"
  | "surname-differs"
  | "restricted"
  | "no-practice"
  | "practice-not-begun"
  | "practice-ended";

export interface RoutingOptions {
  /**
   * `spine`: number and date of birth, which is all that Spine can check in effect, since the address has no given
   * name. `strict`: also the first three letters of the surname, against any of the patient's names.
   */
  readonly match: "spine" | "strict";
  /** `yyyy-mm-dd`. */
  readonly today: string;
  readonly signal?: AbortSignal | undefined;
}

interface Rule {
  readonly code: RoutingErrorCode;
  readonly reason: RoutingRefusal;
  applies(record: PatientRecord, address: RoutingAddress, options: RoutingOptions): boolean;
}

/** In this order: nothing is said of the record until the date of birth has been shown to be known. */
const refusals: readonly Rule[] = [
  {
    code: "EPL-154",
    reason: "date-of-birth-unreadable",
    applies: (_record, address) => address.dateOfBirth === undefined,
  },
  {
    code: "EPL-154",
    reason: "date-of-birth-partial",
    applies: (record) => !/^\d{4}-\d{2}-\d{2}$/.test(record.dateOfBirth),
  },
  {
    code: "EPL-154",
    reason: "date-of-birth-differs",
    applies: (record, address) => record.dateOfBirth !== address.dateOfBirth,
  },
  {
    code: "EPL-154",
    reason: "surname-differs",
    applies: (record, address, { match }) =>
      match === "strict" && !record.names.some(({ family }) => surnamesAgree(family, address.surname)),
  },
  { code: "EPL-151", reason: "restricted", applies: (record) => record.restricted },
  {
    code: "EPL-151",
    reason: "practice-not-begun",
    applies: ({ practice }, _address, { today }) => practice !== undefined && !hasBegun(practice, today),
  },
  {
    code: "EPL-151",
    reason: "practice-ended",
    applies: ({ practice }, _address, { today }) => practice !== undefined && hasEnded(practice, today),
  },
];

/**
 * The practice that keeps the record of the patient named by a routing address. Whether that practice has a mailbox for
 * the message is for the server to find out. Throws what `demographics` throws: the message is then held, not refused.
 */
export async function findRegisteredPractice(
  demographics: Demographics,
  address: RoutingAddress,
  options: RoutingOptions,
): Promise<RoutingOutcome> {
  const { nhsNumber } = address;
  if (!isNhsNumber(nhsNumber)) return { outcome: "refused", code: "EPL-152", reason: "nhs-number-invalid" };
  const record = await demographics.find(nhsNumber, options.signal);
  if (record === undefined) return { outcome: "refused", code: "EPL-153", reason: "nhs-number-not-found" };
  const refusal = refusals.find((rule) => rule.applies(record, address, options));
  if (refusal !== undefined) return { outcome: "refused", code: refusal.code, reason: refusal.reason };
  // Never its managing organisation instead: it does not keep the record.
  if (record.practice === undefined) return { outcome: "refused", code: "EPL-151", reason: "no-practice" };
  return {
    outcome: "practice",
    odsCode: record.practice.odsCode,
    nhsNumber: record.nhsNumber,
    notes: [
      ...(record.deceased === undefined ? [] : (["deceased"] as const)),
      ...(record.nhsNumber === nhsNumber ? [] : (["superseded"] as const)),
    ],
  };
}
