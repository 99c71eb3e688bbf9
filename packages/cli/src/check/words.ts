// What the check says, in words that every format for people shares.
import {
  type Finding,
  type Negative,
  responseCodes,
  type Unanswered,
  type UseCase,
  type UseCaseSign,
} from "@restante/itk3";
import type { FileReport } from "./file-report.ts";

/** One requirement that is not met: in which ways, and where. */
export interface FindingGroup {
  readonly id: string;
  readonly severity: Finding["severity"];
  readonly responseCode?: string;
  /** By what is wrong there. */
  readonly ways: Map<string, Way>;
}

/** One way in which a requirement is not met. */
export interface Way {
  /** What is asked. */
  readonly requirement: string;
  /** What was found instead. */
  readonly text: string;
  readonly places: Place[];
}

export type Place = Pick<Finding, "location" | "line" | "column">;

export const severities: readonly Finding["severity"][] = ["error", "warning", "look"];

/** By severity, then in the order in which each requirement was first found. */
export function groupFindings(findings: readonly Finding[]): FindingGroup[] {
  const groups = new Map<string, FindingGroup>();
  for (const { id, severity, requirement, text, responseCode, location, line, column } of findings) {
    const key = `${severity} ${id} ${responseCode}`;
    const group = groups.get(key) ?? { id, severity, ...(responseCode && { responseCode }), ways: new Map() };
    groups.set(key, group);
    const way = group.ways.get(text) ?? { requirement, text, places: [] };
    group.ways.set(text, way);
    way.places.push({ location, ...(line !== undefined && { line }), ...(column !== undefined && { column }) });
  }
  return severities.flatMap((severity) => Array.from(groups.values()).filter((group) => group.severity === severity));
}

/** What stands over the groups of one severity. */
export function headingOf(severity: Finding["severity"], groups: number): string {
  const number = groups.toLocaleString("en-GB");
  if (severity === "look") return `A person must look: ${number}`;
  const [word, must] = severity === "error" ? ["Errors", "must"] : ["Warnings", "should"];
  return groups === 1
    ? `${word}: ${number} requirement that ${must} be met is not`
    : `${word}: ${number} requirements that ${must} be met are not`;
}

/** The two verdicts, each a sentence; only the first where the file is no message. */
export function verdicts(report: FileReport): { conforms: string; acceptable?: string } {
  const { status, remark, acceptable, negative, unanswered } = report;
  if (status === "passed-over") return { conforms: remark ?? "" };
  const conforms = conformsSentence(report);
  if (report.isResponse) {
    const usable = acceptable
      ? "Usable: it says what it answers, and with which code."
      : "Not usable: it does not say what it answers, or with which code.";
    return { conforms, acceptable: `${usable} A response is never answered.` };
  }
  const silence = unanswered === undefined ? undefined : `It is not answered: ${unansweredWords[unanswered]}.`;
  if (acceptable) {
    const answer = silence ?? `A receiver answers ${meaningOf("20013")}.`;
    return { conforms, acceptable: `Acceptable: a person can be given the document. ${answer}` };
  }
  if (negative === undefined) return { conforms };
  const refused =
    silence === undefined ? `a receiver refuses it with ${meaningOf(negative.code)}.` : "a receiver refuses it.";
  const reason = reasonOf(negative);
  // What keeps a file from being read is its finding, below.
  const known = status === "unreadable" && report.findings.some(({ text }) => text === reason);
  const parts = [`Not acceptable: ${refused}`, known ? undefined : reason, silence];
  return { conforms, acceptable: parts.filter((part) => part !== undefined).join(" ") };
}

/** Why a message is not answered; goes on from "It is not answered: ". */
export const unansweredWords: Readonly<Record<Unanswered, string>> = {
  "ack-workflow": "it came on a workflow of acknowledgements (_ACK)",
  response: "it is an ITK3 response (ITK008M) itself",
  "not-asked": "it asks for no infrastructure response (InfAckRequested is false)",
};

function conformsSentence({ status, findings }: FileReport): string {
  if (status === "unreadable") return "Does not conform: it cannot be read as an ITK3 message.";
  const errors = new Set(findings.filter(({ severity }) => severity === "error").map(({ id }) => id)).size;
  if (status === "departs") {
    return `Does not conform: it breaks ${count(errors, "requirement that must be met", "requirements that must be met")}.`;
  }
  return "Conforms: it breaks no requirement that must be met.";
}

/** Which requirements the message was held against, and whether somebody said so; undefined where it was not read. */
export function heldAgainstWords({ heldAgainst, controlFile }: FileReport): string | undefined {
  if (heldAgainst === undefined) return undefined;
  const { generation, useCase, toldFromMessage, restsOn } = heldAgainst;
  const standard = generation === 1 ? "GP Connect Messaging 1.x" : "Send Document 2";
  if (useCase === "response") return "Held against the requirements of an ITK3 response.";
  const what = `${standard}, ${useCaseWords[useCase]}`;
  const source = controlFile === undefined ? "the message" : "message and control file";
  const guessed = { generation: "generation", useCase: "use case" } as const;
  const told = toldFromMessage.map((name) => guessed[name]).join(" and ");
  const signs = restsOn.map((sign) => signWords[sign]).join(", ") || "nothing in it";
  const rest = toldFromMessage.includes("useCase") ? `: use case from ${signs}` : "";
  return `Held against the requirements of ${what}${told === "" ? "" : ` (${told} told from ${source}${rest})`}.`;
}

const signWords: Readonly<Record<UseCaseSign, string>> = {
  event: "event",
  title: "title",
  text: "text",
  localExtension: "LocalExtension",
  type: "type",
};

const useCaseWords: Readonly<Record<Exclude<UseCase, "response">, string>> = {
  "consultation-summary": "consultation summary",
  "online-consultation": "online consultation",
  generic: "generic document",
};

/** `20009 (Payload validation failure)` */
export function meaningOf(code: string): string {
  const display = responseCodes.get(code)?.display;
  return display === undefined ? code : `${code} (${display})`;
}

/** Why a message is refused: diagnostics begin with the reason and go on to findings that are listed anyway. */
export function reasonOf({ diagnostics }: Pick<Negative, "diagnostics">): string {
  const [reason = ""] = /^.*?\.(?=\s|$)/s.exec(diagnostics) ?? [diagnostics];
  return reason;
}

export function placeOf({ location, line, column }: Place): { at: string; element: string } {
  const at = line === undefined ? "" : column === undefined ? `line ${line}` : `${line}:${column}`;
  return { at, element: location };
}

export function count(number: number, one: string, many: string): string {
  return `${number.toLocaleString("en-GB")} ${number === 1 ? one : many}`;
}

/** Names of files are anybody's: control characters would move the cursor. */
export function visible(text: string): string {
  return text.replaceAll(/\p{Cc}|\p{Cf}/gu, "\uFFFD");
}
