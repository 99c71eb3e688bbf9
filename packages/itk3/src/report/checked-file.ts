import type { CheckResult, Finding } from "../check/finding.ts";

/** One file and what the check said of it. */
export interface CheckedFile {
  /** As the person named it. */
  file: string;
  result: CheckResult;
  /** False where no message could be read in it. */
  readable: boolean;
  /** What it was held against, in words: `consultation-summary, 1.x`. */
  heldAgainst?: string;
}

/** Findings that say the same of several places. */
export interface FindingGroup {
  id: string;
  severity: Finding["severity"];
  text: string;
  responseCode: string | undefined;
  places: readonly Finding[];
}

const ranks: Readonly<Record<Finding["severity"], number>> = { error: 0, warning: 1, information: 2 };

/** Errors first; otherwise in the order in which the check lists them. */
export function groupFindings(findings: readonly Finding[]): FindingGroup[] {
  const groups = Map.groupBy(findings, ({ id, severity, text }) => `${severity} ${id} ${text}`);
  return [...groups.values()]
    .flatMap((places): FindingGroup[] => {
      const [first] = places;
      if (first === undefined) return [];
      const { id, severity, text, responseCode } = first;
      return [{ id, severity, text, responseCode, places }];
    })
    .toSorted((a, b) => ranks[a.severity] - ranks[b.severity]);
}

/** `3 errors, 1 warning`. */
export function countFindings(findings: readonly Finding[]): string {
  const count = (severity: Finding["severity"], word: string): string[] => {
    const found = findings.filter((finding) => finding.severity === severity).length;
    return found === 0 ? [] : [`${found} ${word}${found === 1 ? "" : "s"}`];
  };
  const parts = [...count("error", "error"), ...count("warning", "warning"), ...count("information", "remark")];
  return parts.length === 0 ? "nothing found" : parts.join(", ");
}

/** 0: every message conforms. 1: one does not. 2: one could not be read. */
export function checkStatus(files: readonly CheckedFile[]): 0 | 1 | 2 {
  if (files.some(({ readable }) => !readable)) return 2;
  return files.every(({ result }) => result.conforms) ? 0 : 1;
}

/** What became of it, in a sentence. */
export function verdict({ result, readable }: CheckedFile): string {
  const { acceptable, conforms, negative } = result;
  if (negative !== undefined) return `${readable ? "Refused" : "Unreadable, refused"} with ${negative.code}`;
  if (!readable) return "Unreadable";
  if (!acceptable) return "Of no use, and not to be answered";
  return conforms ? "Conforms" : "Acceptable, but does not conform";
}
