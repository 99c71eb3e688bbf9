import type { Paint } from "../terminal/terminal.ts";
import { wrap as wrapWords } from "../terminal/wrap.ts";
import type { FileReport } from "./file-report.ts";
import type { ReportFormat } from "./report-format.ts";
import type { Summary } from "./summary.ts";
import {
  count,
  type FindingGroup,
  groupFindings,
  headingOf,
  heldAgainstWords,
  type Place,
  placeOf,
  severities,
  verdicts,
  visible,
} from "./words.ts";

export interface TextOptions {
  readonly paint: Paint;
  readonly columns: number;
}

/** Places listed of one finding; how many more there are is said. */
const placesListed = 5;
/** Longer lines are hard to read, however wide the window. */
const widest = 110;

/** For a person at a terminal: each file as soon as it is checked, the sum at the end. */
export function textFormat({ paint, columns }: TextOptions): ReportFormat {
  const width = Math.min(Math.max(columns, 50), widest);
  return {
    live: true,
    head: () => "",
    file: (report) => `${fileLines(report, paint, width).join("\n")}\n\n`,
    tail: (summary) =>
      `${wrap(sumLine(summary), 0, width)
        .join("\n")
        .replace(/^[^:]*:/, paint.bold)}\n`,
  };
}

function fileLines(report: FileReport, paint: Paint, width: number): string[] {
  const { conforms, acceptable } = verdicts(report);
  const beside = report.controlFile === undefined ? "" : paint.dim(`  with ${visible(report.controlFile)}`);
  const tone = { conforms: paint.green, departs: paint.red, unreadable: paint.red, "passed-over": paint.dim };
  const against = heldAgainstWords(report);
  const lines = [
    paint.bold(visible(report.file)) + beside,
    ...(against === undefined ? [] : wrap(against, 2, width).map(paint.dim)),
    ...wrap(conforms, 2, width).map(tone[report.status]),
  ];
  if (acceptable !== undefined) {
    lines.push(...wrap(acceptable, 2, width).map(report.acceptable ? paint.green : paint.red));
  }
  const groups = groupFindings(report.findings);
  for (const severity of severities) {
    const own = groups.filter((group) => group.severity === severity);
    if (own.length > 0) lines.push("", ...severityLines(severity, own, paint, width));
  }
  return lines;
}

function severityLines(
  severity: FindingGroup["severity"],
  groups: readonly FindingGroup[],
  paint: Paint,
  width: number,
): string[] {
  const tone = { error: paint.red, warning: paint.yellow, look: paint.blue }[severity];
  return [
    `  ${tone(paint.bold(headingOf(severity, groups.length)))}`,
    ...groups.flatMap((group) => groupLines(group, paint, width)),
  ];
}

function groupLines({ id, severity, ways, responseCode }: FindingGroup, paint: Paint, width: number): string[] {
  const isReason = severity === "error" && responseCode !== undefined;
  const code = isReason ? paint.dim(`  code if refused for this: ${responseCode}`) : "";
  const lines = [`    ${paint.bold(id)}${code}`];
  let asked: string | undefined;
  for (const { requirement, text, places } of ways.values()) {
    if (requirement !== asked) lines.push(...labelled("asked", requirement, paint, width));
    lines.push(...labelled("found", text, paint, width), ...placeLines(places).map((line) => paint.dim(line)));
    asked = requirement;
  }
  return lines;
}

function labelled(label: string, text: string, paint: Paint, width: number): string[] {
  const [first = "", ...more] = wrap(text, 6 + label.length + 1, width);
  return [`      ${paint.dim(label)} ${first.trimStart()}`, ...more];
}

function placeLines(places: readonly Place[]): string[] {
  const lines = places.slice(0, placesListed).flatMap((place) => {
    const { at, element } = placeOf(place);
    const where = `${at.padEnd(8)} ${visible(element)}`.trimEnd();
    return where === "" ? [] : [`        ${where}`];
  });
  const more = places.length - placesListed;
  return more > 0 ? [...lines, `        and ${count(more, "more place", "more places")}`] : lines;
}

/** `26 messages: ...`: what became of all of them. */
export function sumLine({ status, acceptable, notAcceptable, findings }: Summary): string {
  const messages = status.conforms + status.departs + status.unreadable;
  const parts = [
    `${status.conforms} conforming`,
    ...(status.departs > 0 ? [`${status.departs} not conforming`] : []),
    ...(status.unreadable > 0 ? [`${status.unreadable} unreadable`] : []),
    `${acceptable} acceptable`,
    ...(notAcceptable > 0 ? [`${notAcceptable} not acceptable`] : []),
    ...(status["passed-over"] > 0 ? [`${status["passed-over"]} passed over`] : []),
  ];
  // Over a file's findings stand requirements; a requirement can be broken in more than one place.
  const [errors, warnings, looks] = [findings.error, findings.warning, findings.look].map((number) =>
    count(number, "place", "places"),
  );
  const look = findings.look > 0 ? ` A person must look at ${looks}.` : "";
  return `${count(messages, "message", "messages")}: ${parts.join(", ")}. Errors in ${errors}, warnings in ${warnings}.${look}`;
}

/** What a message may have written, indented. */
function wrap(text: string, indent: number, width: number): string[] {
  return wrapWords(visible(text), " ".repeat(indent), width);
}
