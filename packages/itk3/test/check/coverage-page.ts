import { fileURLToPath } from "node:url";
import { coverage } from "./coverage.ts";

export const coveragePath: string = fileURLToPath(new URL("../../../../docs/requirements.md", import.meta.url));

/** docs/requirements.md, made from the rules and from the tests that are named for the rest. */
export function coveragePage(): string {
  const rows = coverage();
  const count = (how: string): number => [...rows.values()].filter((row) => row[0] === how).length;
  const table = [["requirement", "shown by", "what"], ...[...rows].map(([id, [how, what]]) => [id, how, what])];
  const widths = [0, 1, 2].map((column) => Math.max(...table.map((row) => (row[column] ?? "").length)));
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(" | ")} |`;
  const [head = [], ...body] = table;
  return `# What shows that a requirement is met

Made from the rules of \`@restante/itk3\`; a test says when it is stale. To make it anew:
\`node_modules/.bin/node --conditions=@restante/source packages/itk3/test/check/write-coverage.ts\`.

Of ${rows.size} requirements (GP Connect Messaging 1.6.0, the conformance list of Send Document 2, ITK3 2.10.0), ${count("rule")} are
checked by a rule, ${count("behaviour")} are shown by what a system does, ${count("behaviour, in part")} by what a system does but only in part, ${count("not from a message")} cannot be
seen in a message and are for other systems to meet, and ${count("not done")} are not done. Rules of the profiles and of FHIR itself have ids of their
own and are not in this table.

What a system does is shown by the tests that are named, by file and name; a name with \`…\` stands for several tests that differ
there. A test fails when one that is named is gone. What is missing, or why nothing shows a requirement, is said in words.

${line(head)}
| ${widths.map((width) => "-".repeat(width)).join(" | ")} |
${body.map(line).join("\n")}
`;
}
