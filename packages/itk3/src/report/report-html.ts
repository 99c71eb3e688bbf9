import { responseCodes } from "../respond/response-codes.ts";
import { type CheckedFile, countFindings, type FindingGroup, groupFindings, verdict } from "./checked-file.ts";

const style = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h2 { margin-top: 2.5rem; overflow-wrap: anywhere; }
details { border-left: 4px solid; padding: 0.25rem 0.75rem; margin: 0.5rem 0; }
details.error { border-color: #d5281b; }
details.warning { border-color: #ffb81c; }
details.information { border-color: #005eb8; }
code { font-size: 0.9em; overflow-wrap: anywhere; }
`;

/** What the check found, as one self-contained page: nothing is fetched and nothing runs. */
export function reportHtml(files: readonly CheckedFile[]): string {
  const conforming = files.filter(({ result }) => result.conforms).length;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>ITK3 check</title>
<style>${style}</style>
</head>
<body>
<h1>ITK3 check</h1>
<p>${conforming} of ${files.length} conform.</p>
${files.map(fileSection).join("\n")}
</body>
</html>
`;
}

function fileSection(checked: CheckedFile): string {
  const { file, result, heldAgainst } = checked;
  const { negative } = result;
  const against = heldAgainst === undefined ? "" : `<p>Held against: ${escaped(heldAgainst)}.</p>\n`;
  const refused =
    negative === undefined
      ? ""
      : `<p>Would be answered with ${escaped(negative.code)}, ${escaped(responseCodes.get(negative.code)?.display ?? "")}.</p>\n`;
  return `<section>
<h2>${escaped(file)}</h2>
<p><strong>${escaped(verdict(checked))}</strong>: ${escaped(countFindings(result.findings))}.</p>
${against}${refused}${groupFindings(result.findings).map(groupDetails).join("\n")}
</section>`;
}

function groupDetails({ id, severity, text, responseCode, places }: FindingGroup): string {
  const code = responseCode === undefined ? "" : ` (${escaped(responseCode)})`;
  const items = places.map(({ location, line, column }) => {
    const at = line === undefined ? "" : `line ${line}, column ${column ?? 1}: `;
    return `<li>${at}<code>${escaped(location === "" ? "the whole file" : location)}</code></li>`;
  });
  return `<details class="${severity}">
<summary>${severity} <code>${escaped(id)}</code>${code}: ${escaped(text)}</summary>
<ul>
${items.join("\n")}
</ul>
</details>`;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
