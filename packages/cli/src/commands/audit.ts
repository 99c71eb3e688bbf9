import { type Access, type AuditFilter, type AuditHead, isSubject, startOfDay } from "@restante/web";
import { rowsAsCsv, rowsAsJson } from "../audit/exported.ts";
import { readHeads } from "../audit/logged-heads.ts";
import { count } from "../check/words.ts";
import type { Values } from "../command-line/option.ts";
import type { Given } from "../command-line/tree.ts";
import { lookAtPractice, openAccessOf } from "../config/open-access-of.ts";
import type { PracticeFile } from "../config/practice-file.ts";
import { CliError } from "../errors.ts";
import type { Terminal } from "../terminal/terminal.ts";
import type { exportOptions, verifyOptions } from "./options/audit.ts";

interface WhoseValues {
  readonly config: string | undefined;
}

export async function verify(
  { options }: Given<Values<typeof verifyOptions> & WhoseValues>,
  terminal: Terminal,
): Promise<number> {
  const file = lookAtPractice(options.config);
  const { odsCode } = file.organisation;
  // Before the audit: what is written meanwhile is in it, and may be in the log.
  const heads = await readHeads(options.log, odsCode);
  using access = await opened(file);
  const { rows, head, problems, removed } = await access.audit.verify(heads);
  for (const problem of problems) terminal.print(`${terminal.paint.red("!")} ${problem}`);
  // Of what was removed there is nothing to hold them against.
  const held = heads.filter(({ sequence }) => sequence >= (removed?.upTo ?? 0));
  const isBlind = options.log.length > 0 && held.length === 0;
  if (isBlind) {
    terminal.print(
      `${terminal.paint.red("!")} No named log has a seal of the audit of ${odsCode}: its end may be gone.`,
    );
  }
  const last = head === undefined ? "" : `, up to row ${head.sequence} with the seal ${head.seal}`;
  terminal.print(`${count(rows, "row", "rows")}${last}.`);
  if (removed !== undefined) {
    terminal.print(
      `Rows up to ${removed.upTo} were removed by their age (retention.audit, ${removed.days} days) on ${removed.at.toISOString().slice(0, 10)}, as row ${removed.mark} says.`,
    );
  }
  if (problems.length > 0) {
    terminal.print(
      "The audit is not as it was written. Keep it as it is, and its secret and the logs: see docs/audit.md",
    );
  } else if (!isBlind) {
    terminal.print(
      held.length === 0
        ? "Every row is as it was written. Whether the end was cut off only the log can show: name it with --log."
        : `Every row is as it was written, and the audit has every one of ${count(held.length, "seal", "seals")} in the log${removed === undefined ? "" : " of rows that are kept"}, up to that of row ${lastOf(held)}.`,
    );
  }
  return problems.length > 0 || isBlind ? 1 : 0;
}

export async function exportRows(
  { options }: Given<Values<typeof exportOptions> & WhoseValues>,
  terminal: Terminal,
): Promise<number> {
  const filter = filterOf(options);
  using access = await opened(lookAtPractice(options.config));
  const { sequence } = access.audit.record({
    actor: "this-computer",
    source: "command",
    act: "read-audit",
    outcome: "done",
    subjects: filter.subjects ?? [],
  });
  const rows = access.audit.read({ ...filter, before: sequence });
  for (const text of options.csv ? rowsAsCsv(rows) : rowsAsJson(rows)) await terminal.write(text);
  return 0;
}

/** How far the log reaches: of what came after, it shows nothing. */
function lastOf(heads: readonly AuditHead[]): number {
  return heads.reduce((last, { sequence }) => Math.max(last, sequence), 0);
}

/** Who looks begins no audit. */
function opened(file: PracticeFile): Promise<Access> {
  return openAccessOf(file, { mustExist: true });
}

function filterOf({ fromTime, toTime, actor, act, about }: Values<typeof exportOptions>): AuditFilter {
  if (about !== undefined && !isSubject(about)) {
    // Not what was typed, which may be an NHS number.
    throw new CliError(
      "usage",
      "--about is what a row is about, such as task:12; rows about a patient are found on the page Audit",
    );
  }
  return {
    ...(fromTime !== undefined && { from: momentOf("--from-time", fromTime) }),
    ...(toTime !== undefined && { to: momentOf("--to-time", toTime) }),
    ...(actor !== undefined && { actor }),
    ...(act !== undefined && { act }),
    ...(about !== undefined && { subjects: [about] }),
  };
}

function momentOf(option: string, typed: string): Date {
  const moment = typed.includes("T") ? new Date(typed) : startOfDay(typed);
  if (moment !== undefined && !Number.isNaN(moment.getTime())) return moment;
  throw new CliError("usage", `${option}: there is no ${typed}`);
}
