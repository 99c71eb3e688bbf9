// SARIF 2.1.0 (OASIS), for code scanning and editors.
import { isAbsolute, sep } from "node:path";
import { pathToFileURL } from "node:url";
import type { Finding } from "@restante/itk3";
import type { FileReport } from "./file-report.ts";
import type { ReportFormat } from "./report-format.ts";
import { exitStatus, type Summary } from "./summary.ts";
import { verdicts } from "./words.ts";

const schema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

const levels = { error: "error", warning: "warning", look: "note" } as const;

/** A refusal is a result of its own: not every reason for one is a requirement's finding. */
const refusalId = "RESTANTE:not-acceptable";

export function sarifFormat({ version }: { version: string }): ReportFormat {
  let first = true;
  return {
    live: false,
    head: (summary) =>
      `{"$schema":"${schema}","version":"2.1.0","runs":[{"tool":${JSON.stringify(tool(summary, version))},` +
      `"invocations":[${JSON.stringify({ executionSuccessful: true, exitCode: exitStatus(summary) })}],` +
      `"columnKind":"unicodeCodePoints","results":[`,
    file(report) {
      const results = resultsOf(report).map((result) => JSON.stringify(result));
      if (results.length === 0) return "";
      const text = `${first ? "" : ","}\n${results.join(",\n")}`;
      first = false;
      return text;
    },
    tail: () => "\n]}]}\n",
  };
}

function tool({ departures, notAcceptable }: Summary, version: string): object {
  const rules = new Map<string, object>();
  for (const { id, severity, requirements } of departures.values()) {
    if (!rules.has(id)) rules.set(id, rule(id, Array.from(requirements), levels[severity]));
  }
  if (notAcceptable > 0) rules.set(refusalId, rule(refusalId, ["A receiver refuses the message."], "error"));
  return { driver: { name: "restante", version, rules: Array.from(rules.values()) } };
}

function rule(id: string, texts: readonly string[], level: string): object {
  // A requirement can ask for more than one thing.
  const [text = ""] = texts;
  const fullDescription = texts.length > 1 ? { fullDescription: { text: texts.join(" ") } } : {};
  return { id, shortDescription: { text }, ...fullDescription, defaultConfiguration: { level } };
}

function resultsOf(report: FileReport): object[] {
  const results = report.findings.map((finding) => ({
    ruleId: finding.id,
    level: levels[finding.severity],
    message: { text: finding.text },
    locations: [locationOf(report, finding)],
    properties: { responseCode: finding.responseCode, issueCode: finding.issueCode },
  }));
  if (report.acceptable || report.status === "passed-over") return results;
  const { acceptable, conforms } = verdicts(report);
  return [
    ...results,
    {
      ruleId: refusalId,
      level: "error",
      message: { text: acceptable ?? conforms },
      locations: [{ physicalLocation: { artifactLocation: { uri: uriOf(report.file) } } }],
      properties: { responseCode: report.negative?.code, issueCode: report.negative?.issueCode },
    },
  ];
}

function locationOf({ file, controlFile }: FileReport, { location, line, column }: Finding): object {
  const inControlFile = controlFile !== undefined && /^envelope\b/.test(location);
  const artifactLocation = { uri: uriOf(inControlFile ? controlFile : file) };
  const region = line === undefined ? {} : { region: { startLine: line, ...(column && { startColumn: column }) } };
  const logical = location === "" ? {} : { logicalLocations: [{ fullyQualifiedName: location }] };
  return { physicalLocation: { artifactLocation, ...region }, ...logical };
}

/** A relative reference for a path that is relative: whoever reads the report knows where it was made. */
function uriOf(file: string): string {
  if (isAbsolute(file)) return pathToFileURL(file).href;
  return file.split(sep).map(encodeURIComponent).join("/");
}
