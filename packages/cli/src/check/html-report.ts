// One file that needs nothing else: no script, no request, every text escaped. Findings say nothing of a patient, so
// neither does the report, names of files apart.
import type { FileReport, Status } from "./file-report.ts";
import { style } from "./html-style.ts";
import type { ReportFormat } from "./report-format.ts";
import type { Summary, SummaryLine } from "./summary.ts";
import {
  count,
  type FindingGroup,
  groupFindings,
  headingOf,
  heldAgainstWords,
  meaningOf,
  type Place,
  placeOf,
  severities,
  verdicts,
  visible,
  type Way,
} from "./words.ts";

/** Places listed of one finding; how many more there are is said. */
const placesListed = 50;

export function htmlFormat({ version, now }: { version: string; now: Date }): ReportFormat {
  return {
    live: false,
    head: (summary) => `${documentHead()}${banner(summary, now)}<main>\n${overview(summary)}`,
    file: fileSection,
    tail: () =>
      `${legend}</main>\n<footer class="quiet">Made by Restante ${escape(version)}.</footer>\n</body>\n</html>\n`,
  };
}

const statusWords: Readonly<Record<Status, readonly [tone: string, words: string]>> = {
  conforms: ["good", "Conforms"],
  departs: ["bad", "Does not conform"],
  unreadable: ["bad", "Unreadable"],
  "passed-over": ["none", "Passed over"],
};

function documentHead(): string {
  return `<!doctype html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Check of GP Connect messages</title>
<style>${style}</style>
</head>
<body>
`;
}

function banner({ status }: Summary, now: Date): string {
  const messages = status.conforms + status.departs + status.unreadable;
  const day = new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeStyle: "short", timeZone: "Europe/London" });
  return `<header><div><h1>Check of GP Connect messages</h1>
<p>${count(messages, "message", "messages")}, checked on <time datetime="${now.toISOString()}">${escape(day.format(now))}</time></p></div></header>
`;
}

function overview(summary: Summary): string {
  const { status, acceptable, notAcceptable, findings, files } = summary;
  const sums: (readonly [number, string, string])[] = [
    [status.conforms, "conform", "good"],
    [status.departs, "do not conform", "bad"],
    [status.unreadable, "unreadable", "bad"],
    [acceptable, "acceptable", "good"],
    [notAcceptable, "not acceptable", "bad"],
    ...(status["passed-over"] > 0 ? ([[status["passed-over"], "passed over", "none"]] as const) : []),
    [findings.error, "places with errors", "bad"],
    [findings.warning, "places with warnings", "fair"],
    ...(findings.look > 0 ? ([[findings.look, "places to look at", "look"]] as const) : []),
  ];
  const items = sums.map(
    ([number, words, tone]) =>
      `<li class="${number === 0 ? "none" : tone}"><b>${number.toLocaleString("en-GB")}</b> ${words}</li>`,
  );
  const sum = `<section aria-labelledby="sum"><h2 id="sum">In sum</h2><ul class="sums">${items.join("")}</ul></section>\n`;
  return files.length < 2 ? sum : sum + filesTable(files) + departuresTable(summary);
}

function departuresTable({ departures }: Summary): string {
  if (departures.size === 0) return "";
  const sorted = Array.from(departures.values()).sort(
    (a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity) || b.files - a.files,
  );
  const rows = sorted.map(
    ({ id, severity, requirements, files, places }) =>
      `<tr><td class="id">${numberText(id)}</td><td>${severityTag(severity)}</td><td>${escape(firstOf(requirements))}</td>` +
      `<td class="number" data-label="Files">${files}</td><td class="number" data-label="Places">${places}</td></tr>`,
  );
  return `<section aria-labelledby="all"><h2 id="all">What was found, over all files</h2><div class="wide"><table>
<thead><tr><th scope="col">Number</th><th scope="col">Kind</th><th scope="col">Requirement</th><th scope="col" class="number">Files</th><th scope="col" class="number">Places</th></tr></thead>
<tbody>${rows.join("\n")}</tbody></table></div></section>\n`;
}

/** Where it is too long for its column, it goes on behind the colon. */
function numberText(id: string): string {
  return escape(id).replaceAll(":", ":<wbr>");
}

/** One number can demand several things: each file's section says which of them are not met. */
function firstOf(texts: ReadonlySet<string>): string {
  const [first = ""] = texts;
  return texts.size === 1
    ? first
    : `${first} And ${count(texts.size - 1, "more demand", "more demands")} of the same number.`;
}

function filesTable(files: readonly SummaryLine[]): string {
  const rows = files.map(({ file, status, acceptable, isResponse, errors, warnings, looks }, index) => {
    const [yes, no] = isResponse ? ["Usable", "Not usable"] : ["Acceptable", "Not acceptable"];
    const accepted = status === "passed-over" ? "" : acceptable ? tag("good", yes) : tag("bad", no);
    return (
      `<tr><td class="path"><a href="#file-${index}">${escape(file)}</a></td><td>${statusTag(status)}</td><td>${accepted}</td>` +
      `<td class="number" data-label="Errors">${errors}</td><td class="number" data-label="Warnings">${warnings}</td><td class="number" data-label="To look at">${looks}</td></tr>`
    );
  });
  return `<nav aria-labelledby="files"><h2 id="files">Files</h2><div class="wide"><table>
<thead><tr><th scope="col">File</th><th scope="col">Requirements</th><th scope="col">Receiver</th><th scope="col" class="number">Errors</th><th scope="col" class="number">Warnings</th><th scope="col" class="number">To look at</th></tr></thead>
<tbody>${rows.join("\n")}</tbody></table></div></nav>\n`;
}

function fileSection(report: FileReport, index: number): string {
  const { conforms, acceptable } = verdicts(report);
  const { controlFile, status } = report;
  const against = heldAgainstWords(report);
  const tone = statusWords[status][0];
  const lines = [
    `<section id="file-${index}" aria-labelledby="name-${index}"><h2 id="name-${index}">${escape(report.file)}</h2>`,
    controlFile === undefined ? "" : `<p class="quiet">With <span class="path">${escape(controlFile)}</span></p>`,
    against === undefined ? "" : `<p class="quiet">${escape(against)}</p>`,
    verdict(tone, conforms),
    acceptable === undefined ? "" : verdict(report.acceptable ? "good" : "bad", acceptable),
    ...findingLists(groupFindings(report.findings)),
    "</section>\n",
  ];
  return lines.filter((line) => line !== "").join("\n");
}

function findingLists(groups: readonly FindingGroup[]): string[] {
  return severities.flatMap((severity) => {
    const own = groups.filter((group) => group.severity === severity);
    if (own.length === 0) return [];
    return `<h3>${headingOf(severity, own.length)}</h3>\n${own.map(findingBlock).join("\n")}`;
  });
}

function findingBlock({ id, severity, ways, responseCode }: FindingGroup): string {
  const isReason = severity === "error" && responseCode !== undefined;
  const code = isReason
    ? `<span class="quiet">Code if refused for this: ${escape(meaningOf(responseCode))}</span>`
    : "";
  const all = Array.from(ways.values());
  const found = all.map((way, index) => wayBlock(way, all[index - 1])).join("");
  return `<div class="finding"><div><b>${numberText(id)}</b>${severityTag(severity)}${code}</div><div>${found}</div></div>`;
}

/** What is asked stands once over the ways in which it is not met. */
function wayBlock({ requirement, text, places }: Way, before: Way | undefined): string {
  const asked = requirement === before?.requirement ? "" : `<p class="asked">${escape(requirement)}</p>`;
  return `${asked}<p class="found">${escape(text)}</p>${placeList(places)}`;
}

function placeList(places: readonly Place[]): string {
  if (places.every(({ location, line }) => location === "" && line === undefined)) return "";
  const items = places.slice(0, placesListed).map((place) => {
    const { at, element } = placeOf(place);
    return `<li><span>${escape(at)}</span><code>${escape(element)}</code></li>`;
  });
  const more = places.length - placesListed;
  if (more > 0) items.push(`<li><span></span><span>and ${count(more, "more place", "more places")}</span></li>`);
  return `<ul>${items.join("")}</ul>`;
}

const severityTones = {
  error: ["bad", "Error"],
  warning: ["fair", "Warning"],
  look: ["look", "Look"],
} as const;

function severityTag(severity: FindingGroup["severity"]): string {
  const [tone, words] = severityTones[severity];
  return tag(tone, words);
}

function statusTag(status: Status): string {
  const [tone, words] = statusWords[status];
  return tag(tone, words);
}

function tag(tone: string, words: string): string {
  return `<span class="tag ${tone}">${words}</span>`;
}

function verdict(tone: string, sentence: string): string {
  return `<p class="verdict ${tone}">${escape(sentence)}</p>`;
}

const legend = `<section aria-labelledby="how"><h2 id="how">How to read this</h2>
<dl>
<dt>Conforms</dt><dd>No requirement that must be met is broken.</dd>
<dt>Acceptable</dt><dd>A receiver can give a person the document. Only a message that is not acceptable is refused; every other finding is for the sender to mend. To a receiver that chose to refuse whatever breaks a requirement (strictness: refuse), only what conforms is acceptable.</dd>
<dt>A person must look</dt><dd>A rule can only guess here, or nobody but a person can tell what is meant. It breaks no requirement, and changes neither verdict.</dd>
<dt>Code if refused for this</dt><dd>The ITK3 response code that would go with the finding, were a message refused for it alone. What this message is answered is said above its findings.</dd>
<dt>GPCM-</dt><dd>a requirement of GP Connect Messaging 1.6.0</dd>
<dt>SCAL-</dt><dd>a line of the conformance list of Send Document 2</dd>
<dt>FHIR-</dt><dd>a requirement of ITK3 2.10.0</dd>
<dt>ITK-, Extension-ITK-, CareConnect-</dt><dd>a rule of a profile</dd>
<dt>Send-Document:, ITK-Response:, Composition.text:</dt><dd>a rule of the standards that has no number of its own</dd>
<dt>STU3:</dt><dd>a rule of FHIR's formats, seen in reading</dd>
<dt>FHIR:</dt><dd>a rule or an invariant of FHIR STU3</dd>
<dt>SNOMED-CT:</dt><dd>a rule of the ids of SNOMED CT</dd>
<dt>MESH:, FILE:</dt><dd>the control file, or the file itself, cannot be read</dd>
</dl></section>
`;

/** For text and for attributes in double quotes. */
function escape(text: string): string {
  return visible(text)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}
