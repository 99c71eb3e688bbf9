import { isNhsNumber } from "@restante/mesh";

/** Whether an NHS number with a right check digit stands in a text, as far as 10,000 characters. */
export function holdsNhsNumber(text: string): boolean {
  return Array.from(text.slice(0, 10_000).matchAll(/(?<!\d)\d{3}[ -]?\d{3}[ -]?\d{4}(?!\d)/g)).some(([digits]) =>
    isNhsNumber(digits.replaceAll(/[ -]/g, "")),
  );
}
