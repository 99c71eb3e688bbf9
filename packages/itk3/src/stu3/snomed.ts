// The check digit of a SNOMED CT identifier (Verhoeff; SNOMED CT Release File Specification, 5.3): catches every single
// wrong digit and every two that changed places.
const turns = "0123456789 1576283094 5803796142 8916043527 9453126870 4286573901 2793806415 7046913258".split(" ");

/** Adds in the group of the symmetries of a pentagon. */
function combined(a: number, b: number): number {
  const flipped = a > 4;
  const rest = b % 5;
  const turned = flipped ? (a - 5 - rest + 5) % 5 : (a + rest) % 5;
  return flipped === b > 4 ? turned : turned + 5;
}

/** Whether text is a SNOMED CT identifier: 6 to 18 digits, check digit right. */
export function isSnomedIdentifier(text: string): boolean {
  if (!/^[1-9]\d{5,17}$/.test(text)) return false;
  const digits = Array.from(text, Number).toReversed();
  const sum = digits.reduce((at, digit, index) => combined(at, Number(turns[index % 8]?.[digit])), 0);
  return sum === 0;
}
