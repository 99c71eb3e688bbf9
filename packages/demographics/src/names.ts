import { normaliseName } from "@restante/mesh";

/** The first letters of a name for comparison; empty if it has none. */
export function firstLetters(name: string, count: number): string {
  return Array.from(normaliseName(name)).slice(0, count).join("");
}

/** Whether two surnames have the same first three letters, which the published cross-check asks for. */
export function surnamesAgree(one: string, other: string): boolean {
  const letters = firstLetters(one, 3);
  return letters !== "" && letters === firstLetters(other, 3);
}

/** Whether two given names are one, or one of them the beginning of the other, such as an initial or a short form. */
export function givenNamesAgree(one: string, other: string): boolean {
  const [short = "", long = ""] = [normaliseName(one), normaliseName(other)].toSorted((a, b) => a.length - b.length);
  return short !== "" && long.startsWith(short);
}
