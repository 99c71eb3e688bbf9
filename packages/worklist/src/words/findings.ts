import type { TaskFinding } from "@restante/practice";

/** The same thing found in several places is said once. */
export interface FindingWords {
  severity: TaskFinding["severity"];
  text: string;
  count: number;
}

/** What was found, for people who need not know where it stands or which requirement says so. In the order of the findings. */
export function findingsInWords(findings: readonly TaskFinding[]): FindingWords[] {
  const said = new Map<string, FindingWords>();
  for (const { severity, text } of findings) {
    const key = `${severity} ${text}`;
    const known = said.get(key);
    if (known === undefined) said.set(key, { severity, text, count: 1 });
    else known.count += 1;
  }
  return [...said.values()];
}
