// What the kinds of structured entry are tried with.
import type { DocumentParts, LocationInput, ObservationInput, StructuredSection } from "@restante/itk3";

/** One kind: with all that the requirements recommend, and with no more than they demand. */
export interface Kind {
  full: (parts: DocumentParts) => StructuredSection[];
  least: (parts: DocumentParts) => StructuredSection[];
}

export const when = "2026-01-05T10:00:00+00:00";
export const day = "2026-01-05";
export const penicillin = { code: "91936005", display: "Allergy to penicillin" };
export const bloodTest = { code: "396550006", display: "Blood test" };
export const pain = { code: "82423001", display: "Chronic pain" };
export const surgery: LocationInput = {
  siteCode: "Y90001A",
  name: "Northgate, side door",
  phone: "0113 496 0003",
  type: { code: "264358009", display: "General practice premises" },
  address: { line: ["2 Test Street"], city: "Leeds", postalCode: "LS1 1AA" },
};
export const weight: ObservationInput = { code: { code: "27113001", display: "Body weight" }, issued: when };
export const weighed: ObservationInput = {
  ...weight,
  value: { value: "85.0", unit: "kg", ucum: "kg" },
  category: { code: "vital-signs", display: "Vital Signs" },
};

/** `builder` is its name: `observationSection`. */
type Twist = (input: object, builder: string) => object;

let twist: Twist = (input) => input;

/** Makes a section; within `twisting`, of what becomes of the input. */
export function make<Input extends object>(
  build: (parts: DocumentParts, input: Input) => StructuredSection,
  parts: DocumentParts,
  input: Input,
): StructuredSection {
  return build(parts, twist(input, build.name) as Input);
}

export function twisting<Result>(by: Twist, work: () => Result): Result {
  const before = twist;
  twist = by;
  try {
    return work();
  } finally {
    twist = before;
  }
}
