/** Letters that have no decomposition in Unicode, as they are written without them. */
const plainLetters: Readonly<Record<string, string>> = { ß: "SS", ẞ: "SS", Æ: "AE", Œ: "OE", Ø: "O", Ł: "L", Đ: "D" };

/**
 * A name for comparison: upper case, letters only, without marks. `O'Neill-Núñez` becomes `ONEILLNUNEZ`, `Łukasz`
 * becomes `LUKASZ`.
 */
export function normaliseName(name: string): string {
  return name
    .normalize("NFKD")
    .toUpperCase()
    .replaceAll(/[^\p{L}]/gu, "")
    .replaceAll(/[ßẞÆŒØŁĐ]/g, (letter) => plainLetters[letter] ?? letter);
}

/** The first letters of a name for comparison; empty if it has none. */
export function firstLetters(name: string, count: number): string {
  return Array.from(normaliseName(name)).slice(0, count).join("");
}

/** Whether two surnames have the same first three letters, which the published cross-check asks for. */
export function surnamesAgree(one: string, other: string): boolean {
  const letters = firstLetters(one, 3);
  return letters !== "" && letters === firstLetters(other, 3);
}
