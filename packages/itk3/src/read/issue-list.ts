import type { Issue } from "../issue.ts";

const maxIssues = 500;

/** Gathers issues; of more than 500, the first, and that there are more. */
export function issueList(): { issues: Issue[]; add: (issue: Issue) => void; isFull: () => boolean } {
  const issues: Issue[] = [];
  const isFull = (): boolean => issues.length > maxIssues;
  const add = (issue: Issue): void => {
    if (isFull()) return;
    issues.push(issue);
    if (issues.length === maxIssues) {
      const text = `More than ${maxIssues} issues: the rest are not listed.`;
      issues.push({ severity: "error", code: "too-many-issues", location: "", text });
    }
  };
  return { issues, add, isFull };
}
