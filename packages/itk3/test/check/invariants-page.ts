import { fileURLToPath } from "node:url";
import { everyInvariant, saidOf } from "./invariants.ts";

export const invariantsPath: string = fileURLToPath(new URL("../../../../docs/invariants.md", import.meta.url));

/** docs/invariants.md, made from the list of STU3's invariants and from what holds each. */
export function invariantsPage(): string {
  const rows = everyInvariant.map((invariant): [string, string, string, string] => {
    const [how = "nothing", what = ""] = saidOf(invariant)[0] ?? [];
    return [invariant.key, invariant.path, how, what];
  });
  const count = (how: string): number => rows.filter((row) => row[2] === how).length;
  const table = [["invariant", "of", "held by", "what"], ...rows];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...table.map((row) => (row[column] ?? "").length)));
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(" | ")} |`;
  const [head = [], ...body] = table;
  return `# The invariants of FHIR STU3, and what holds a message to them

Made from HL7's StructureDefinitions of STU3 (3.0.2) and the rules of \`@restante/itk3\`; a test says when it is stale, and fails for an
invariant that is neither held nor has its reason here. To make it anew:
\`node_modules/.bin/node --conditions=@restante/source packages/itk3/test/check/write-invariants.ts\`. Where the list comes from, and how
the rules are held against HL7's own expressions: tools/stu3-invariants.

Of ${rows.length} invariants, ${count("a rule")} are held by a rule of their own (\`FHIR:key\`), ${count("reading")} by reading the message
(\`STU3:empty-element\`, \`STU3:narrative\`), and ${count("nothing")} by nothing, for the reason given. How an invariant is read where its
sentence and its expression differ: [180](decisions/180-invariants.md).

${line(head)}
| ${widths.map((width) => "-".repeat(width)).join(" | ")} |
${body.map(line).join("\n")}
`;
}
