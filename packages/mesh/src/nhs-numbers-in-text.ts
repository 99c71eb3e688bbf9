import { isNhsNumber } from "./nhs-number.ts";

/** As people write one: ten digits, in groups of three, three and four or not. */
const written = /(?<!\d)\d{3}[ -]?\d{3}[ -]?\d{4}(?!\d)/g;

/** Whether an NHS number with a right check digit stands in a text, as far as 10,000 characters. */
export function holdsNhsNumber(text: string): boolean {
  return Array.from(text.slice(0, 10_000).matchAll(written)).some(([digits]) =>
    isNhsNumber(digits.replaceAll(/[ -]/g, "")),
  );
}

/** `\u2026` in the place of whatever looks like an NHS number, check digit right or wrong: too much rather than too little. */
export function redactNhsNumbers(text: string): string {
  return text.replaceAll(written, "\u2026");
}
