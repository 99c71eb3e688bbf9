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
