import type { Issue } from "../issue.ts";

const maxIssues = 500;

/** Gathers issues; of more than 500, the first, and that there are more: as bad as the worst of those. */
export function issueList(): { issues: Issue[]; add: (issue: Issue) => void; isFull: () => boolean } {
  const issues: Issue[] = [];
  let more: Issue | undefined;
  const isFull = (): boolean => issues.length >= maxIssues;
  const add = (issue: Issue): void => {
    if (!isFull()) {
      issues.push(issue);
      return;
    }
    if (more === undefined) {
      const text = `More than ${maxIssues} issues: the rest are not listed.`;
      more = { severity: "warning", code: "too-many-issues", location: "", text };
      issues.push(more);
    }
    if (issue.severity === "error") more.severity = "error";
  };
  return { issues, add, isFull };
}
