import { type Role, roles } from "../rights.ts";

/** By what an issuer says of a person the roles that they have here. */
export interface RolesOfClaims {
  /** The claim: a text, a list of texts, or a list of things such as a person's posts. */
  readonly claim: string;
  /** What of each thing is looked up in `map`; a text or a list of them. Absent: the claim holds texts. */
  readonly field?: string;
  /** Only things of which these fields have these values, such as the code of this organisation. */
  readonly where?: Readonly<Record<string, string>>;
  readonly map: Readonly<Record<string, readonly Role[]>>;
}

export type Claims = Readonly<Record<string, unknown>>;

/** In the order of `roles`. What is not in the map, or is of another kind than is looked for, gives none. */
export function rolesOf(claims: Claims, { claim, field, where = {}, map }: RolesOfClaims): readonly Role[] {
  const words = [claims[claim]].flat().flatMap((entry) => wordsOf(entry, field, where));
  const held = new Set(words.flatMap((word) => (Object.hasOwn(map, word) ? (map[word] ?? []) : [])));
  return roles.filter((role) => held.has(role));
}

function wordsOf(entry: unknown, field: string | undefined, where: Readonly<Record<string, string>>): string[] {
  if (field === undefined) return typeof entry === "string" ? [entry] : [];
  if (typeof entry !== "object" || entry === null) return [];
  const thing = entry as Claims;
  if (!Object.entries(where).every(([name, value]) => thing[name] === value)) return [];
  return [thing[field]].flat().filter((word) => typeof word === "string");
}
