import { responseCodes } from "../respond/response-codes.ts";
import { type CheckedFile, countFindings, type FindingGroup, groupFindings, verdict } from "./checked-file.ts";

const maxPlaces = 5;

/** What the check found, for people: grouped by requirement, with the places of each. Holds no value of a message. */
export function reportText(files: readonly CheckedFile[]): string {
  return files.map(fileText).join("\n");
}

function fileText(checked: CheckedFile): string {
  const { file, result, heldAgainst } = checked;
  const against = heldAgainst === undefined ? "" : ` (${heldAgainst})`;
  const lines = [`${file}${against}: ${verdict(checked)}: ${countFindings(result.findings)}.`];
  if (result.negative !== undefined) {
    lines.push(`  ${result.negative.code} ${responseCodes.get(result.negative.code)?.display ?? ""}`.trimEnd());
  }
  for (const group of groupFindings(result.findings)) lines.push(...groupLines(group));
  return `${lines.join("\n")}\n`;
}

function groupLines({ severity, id, text, responseCode, places }: FindingGroup): string[] {
  const code = responseCode === undefined ? "" : ` [${responseCode}]`;
  const shown = places.slice(0, maxPlaces).map(({ location, line, column }) => {
    const at = line === undefined ? "" : `${line}:${column ?? 1} `;
    return `      ${at}${location === "" ? "the whole file" : location}`;
  });
  const more = places.length > maxPlaces ? [`      and ${places.length - maxPlaces} more`] : [];
  return [`  ${severity} ${id}${code}`, `    ${text}`, ...shown, ...more];
}
