import { fileURLToPath } from "node:url";
import { check, type CheckResult, infrastructureAnswer, messageOf, readMessage, type Strictness } from "@restante/itk3";
import { errorsByCode } from "../../src/check/strictness.ts";
import { kinds, type Kind } from "./strictness-kinds.ts";

export const strictnessPath: string = fileURLToPath(new URL("../../../../docs/strictness.md", import.meta.url));

export interface Outcome extends CheckResult {
  /** Undefined: not answered. */
  answer: { code: string; issueCode: string; diagnostics: string } | undefined;
}

/** What becomes of a message, by the check and by the response that is built for it. */
export function outcomeOf({ bytes, options = {}, reading = {} }: Kind, strictness?: Strictness): Outcome {
  const read = readMessage(bytes, reading);
  const held = { ...options, ...(strictness && { strictness }) };
  const answer = infrastructureAnswer(read, {
    now: new Date("2026-01-05T12:00:00Z"),
    responder: { odsCode: "Y90002", mailboxId: "X26OT002" },
    check: held,
  });
  const [issue] =
    (answer &&
      messageOf(answer.bundle)?.bundle.entry?.flatMap(({ resource }) =>
        resource?.resourceType === "OperationOutcome" ? (resource.issue ?? []) : [],
      )) ??
    [];
  const { code = "", diagnostics = "" } = issue ?? {};
  return {
    ...check(read, held),
    answer: issue && { code: issue.details?.coding?.[0]?.code ?? "", issueCode: code, diagnostics },
  };
}

function words({ acceptable, answer }: Outcome): string {
  if (answer === undefined) return acceptable ? "taken, not answered" : "refused, not answered";
  return acceptable ? `taken, ${answer.code}` : `refused, ${answer.code} ${answer.issueCode}`;
}

const mostNamed = 2;

/** What was found, each once: errors in the order in which they decide the code, or the one that ended the reading. */
function found({ findings, heldAgainst }: Outcome): string {
  const errors = heldAgainst === undefined ? findings.slice(-1) : errorsByCode(findings);
  const ids = [...new Set((errors.length > 0 ? errors : findings).map(({ id }) => `\`${id}\``))];
  const more = ids.length > mostNamed ? ` and ${ids.length - mostNamed} more` : "";
  return ids.slice(0, mostNamed).join(", ") + more;
}

/** docs/strictness.md, made from a message of each kind. */
export function strictnessPage(): string {
  const sections = [...kinds].map(([title, rows]) => `## ${title}\n\n${tableOf(rows)}`);
  return `# What each strictness refuses

A receiver chooses: with \`deliver\`, the default, only what no person could be given, or nobody answer, is refused
([010](decisions/010-acceptable.md)); with \`refuse\`, so is whatever breaks a requirement that must be met
([192](decisions/192-strictness.md)). Warnings, and what a person must look at, refuse nothing. With either it may choose kinds of document that it does not take
([270](decisions/270-kinds-not-taken.md)). Of several errors the code that is lowest answers: ITK3 numbers its
codes from the outside in, from how a message is handled to its header and its document.

_taken_: a person is given the document, and the sender the code that follows. _refused_: the sender is answered with the response code and issue
code that follow. _not answered_: no response is due. Of what is found at most two are named in a row, those first that lead to the answer.

Made by checking and answering a message of each kind, with both; a test says when it is stale. To make it anew:
\`node_modules/.bin/node --conditions=@restante/source packages/itk3/test/check/write-strictness.ts\`.

${sections.join("\n\n")}
`;
}

function tableOf(rows: readonly Kind[]): string {
  const table = [
    ["a message", "what is found", "`deliver`", "`refuse`"],
    ...rows.map((row) => {
      const [deliver, refuse] = [outcomeOf(row, "deliver"), outcomeOf(row, "refuse")];
      return [row.what, found(deliver), words(deliver), words(refuse)];
    }),
  ];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...table.map((row) => (row[column] ?? "").length)));
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(" | ")} |`;
  const [head = [], ...body] = table;
  return [line(head), `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`, ...body.map(line)].join("\n");
}
