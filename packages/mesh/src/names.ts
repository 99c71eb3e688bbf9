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
