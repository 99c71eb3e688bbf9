import type { Rule } from "../../src/check/rule.ts";

/** Every requirement that a rule shows something of, by its full number. */
export function idsOf({ numbers, alsoShows = [] }: Pick<Rule, "numbers" | "alsoShows">): string[] {
  const { core, cs, oc, ge, scal, itk } = numbers;
  const full: string[] = [...alsoShows];
  if (core !== undefined) full.push(`GPCM-SD-${core}`);
  if (cs !== undefined) full.push(`GPCM-SD-CS-${cs}`);
  if (oc !== undefined) full.push(`GPCM-SD-OC-${oc}`);
  if (ge !== undefined) full.push(`GPCM-SD-GE-${ge}`);
  if (scal !== undefined) full.push(`SCAL-${scal}`);
  if (itk !== undefined) full.push(itk);
  return full;
}
