import type { Row } from "./shown.ts";

export const pagePath = "docs/requirements.md";

export function requirementsPage(rows: readonly Row[]): string {
  const count = (how: Row["how"]): number => rows.filter((row) => row.how === how).length;
  const table = [["requirement", "shown by", "what"], ...rows.map(({ id, how, what }) => [id, how, what])];
  const widths = [0, 1, 2].map((column) => Math.max(...table.map((row) => (row[column] ?? "").length)));
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(" | ")} |`;
  const [head = [], ...body] = table;
  return `# What shows that a requirement is met

Computed from the rules of \`@restante/itk3\` and from a run of the tests: \`npm run requirements\` makes it anew, and a run of
all tests (\`npm test\`) fails where it is not what that run shows.

Of ${rows.length} requirements (GP Connect Messaging 1.6.0, the conformance list of Send Document 2, ITK3 2.10.0), ${count("rule")} are
checked by a rule, ${count("behaviour")} are shown by what a system does, ${count("behaviour, in part")} by what a system does but only in part, ${count("not from a message")} cannot be
seen in a message and Restante has no part in them, and ${count("not done")} are not done. Rules of the profiles and of FHIR itself have ids of their
own and are not in this table.

A rule counts where a case that breaks it and one that keeps it were tried, in every kind of message that it is asked of. What a
system does is shown by the tests that carry the requirement's id and passed; a name with \`…\` stands for several tests that
differ there. A test that failed or was skipped shows nothing. What is missing, or why nothing shows a requirement, is said in words.

${line(head)}
| ${widths.map((width) => "-".repeat(width)).join(" | ")} |
${body.map(line).join("\n")}
`;
}
