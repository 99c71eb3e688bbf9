import type { Composition } from "../stu3/types.ts";

/** Restricted or very restricted: GP Connect names the first alone, and what is more secret is not less so. */
export function isConfidential(composition: Composition | undefined): boolean {
  return composition?.confidentiality === "R" || composition?.confidentiality === "V";
}
