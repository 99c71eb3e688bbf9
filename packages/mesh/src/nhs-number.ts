import { randomInt } from "node:crypto";
import type { NhsNumber } from "./ids.ts";
import { MeshError } from "./mesh-error.ts";

/**
 * Reads an NHS number; spaces are allowed anywhere. Throws `nhs-number-invalid`, which never quotes the text.
 *
 * Ten digits, weights 10 to 2, check digit = (11 - sum mod 11) mod 11 where 10 is never issued; ten times the same
 * digit passes that sum and is refused too.
 */
export function parseNhsNumber(text: string): NhsNumber {
  const read = readNhsNumber(text);
  if (read === undefined) {
    throw new MeshError("nhs-number-invalid", "The NHS number is not ten digits with a right check digit.");
  }
  return read;
}

/** As `parseNhsNumber`; undefined where it is none. */
export function readNhsNumber(text: string): NhsNumber | undefined {
  const digits = text.replaceAll(/\s/g, "");
  return isNhsNumber(digits) ? digits : undefined;
}

/** Whether the text is an NHS number as it is, ten digits without spaces. */
export function isNhsNumber(text: string): text is NhsNumber {
  if (!/^\d{10}$/.test(text) || /^(\d)\1{9}$/.test(text)) return false;
  return checkDigit(text.slice(0, 9)) === Number(text[9]);
}

/**
 * As people read it, on a page, in a report or on a terminal: `900 000 0009`. What came as an NHS number and is none is
 * given back as it came, so that nobody takes it for one that was checked.
 */
export function formatNhsNumber(nhsNumber: string): string {
  if (!isNhsNumber(nhsNumber)) return nhsNumber;
  return `${nhsNumber.slice(0, 3)} ${nhsNumber.slice(3, 6)} ${nhsNumber.slice(6)}`;
}

/** A valid NHS number of the range 999, which no patient is ever given: for test data. One of some 900,000, at random. */
export function syntheticNhsNumber(): NhsNumber {
  for (;;) {
    const firstNine = `999${String(randomInt(1_000_000)).padStart(6, "0")}`;
    // One in eleven has no check digit.
    const number = `${firstNine}${checkDigit(firstNine)}`;
    if (isNhsNumber(number)) return number;
  }
}

/** 10 where no check digit exists: such a number is never issued. */
function checkDigit(firstNine: string): number {
  const sum = Array.from(firstNine, (digit, index) => Number(digit) * (10 - index)).reduce((a, b) => a + b);
  return (11 - (sum % 11)) % 11;
}
