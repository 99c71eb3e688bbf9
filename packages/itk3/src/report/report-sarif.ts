// SARIF 2.1.0 (OASIS): what code-scanning pages and editors read.
import type { Finding } from "../check/finding.ts";
import { type CheckedFile, groupFindings } from "./checked-file.ts";

const levels: Readonly<Record<Finding["severity"], string>> = {
  error: "error",
  warning: "warning",
  information: "note",
};

/** What the check found, as a SARIF log. `version` is that of the program that checked. */
export function reportSarif(files: readonly CheckedFile[], version: string): string {
  const groups = files.flatMap(({ result }) => groupFindings(result.findings));
  const rules = [...Map.groupBy(groups, ({ id }) => id)].map(([id, same]) => ({
    id,
    shortDescription: { text: [...new Set(same.map(({ text }) => text))].join(" ") },
  }));
  const driver = { name: "restante", version, rules };
  const results = files.flatMap(({ file, result }) => result.findings.map((finding) => resultOf(file, finding)));
  const log = {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [{ tool: { driver }, columnKind: "utf16CodeUnits", results }],
  };
  return `${JSON.stringify(log, undefined, 2)}\n`;
}

function resultOf(file: string, { id, severity, text, location, line, column }: Finding): object {
  const region = line === undefined ? {} : { region: { startLine: line, startColumn: column ?? 1 } };
  const uri = file.split(/[/\\]/).map(encodeURIComponent).join("/");
  return {
    ruleId: id,
    level: levels[severity],
    message: { text },
    locations: [
      {
        physicalLocation: { artifactLocation: { uri }, ...region },
        ...(location === "" ? {} : { logicalLocations: [{ fullyQualifiedName: location }] }),
      },
    ],
  };
}
