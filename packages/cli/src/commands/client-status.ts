import { certificatesFor } from "../client/certificates.ts";
import { type MailboxReport, reportOf } from "../client/mailbox-report.ts";
import type { Given } from "../command-line/tree.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { visible } from "../check/words.ts";
import { chosenMailboxes, type LookValues } from "./client-look.ts";
import { lookAtClient } from "./part.ts";

export async function status(
  { options }: Given<LookValues & { readonly json: boolean }>,
  terminal: Terminal,
): Promise<number> {
  const settings = await lookAtClient(options, terminal);
  const certificates = certificatesFor(settings);
  const now = new Date();
  const reports = await Promise.all(
    chosenMailboxes(settings, options.mailbox).map(async ({ mailboxId, folder }) =>
      reportOf({ mailboxId, folder }, certificates(mailboxId), now),
    ),
  );
  const isWell = reports.every(({ attention }) => attention.length === 0);
  if (options.json) {
    terminal.print(JSON.stringify({ formatVersion: 1, well: isWell, mailboxes: reports }, undefined, 2));
  } else {
    for (const report of reports) for (const line of linesOf(report, terminal)) terminal.print(visible(line));
    for (const words of ofProcesses(reports)) terminal.print(visible(wanting(words, terminal)));
    terminal.print(isWell ? "All is well." : "Something needs a person, or cannot be told.");
  }
  return isWell ? 0 : 1;
}

function* linesOf(
  { mailboxId, client, status, failed, certificate, attention }: MailboxReport,
  terminal: Terminal,
): Generator<string> {
  const who = client === undefined ? "" : client === null ? ": no client runs" : `: carried by ${client}`;
  yield `${mailboxId}${who}`;
  if (status?.lastPoll !== undefined) {
    const { endedAt, sent, received, error } = status.lastPoll;
    const how = error === undefined ? "went well" : error.ofOne ? "could not do all" : "did not go well";
    yield `  last poll    ${endedAt}, ${how}; sent ${sent}, received ${received}`;
    if (error !== undefined && !error.ofOne)
      yield `  last good    ${status.lastGoodPollAt ?? "none since its client was started"}`;
  }
  if (status !== undefined) {
    const { lastPoll, held } = status;
    yield `  pairs        ${lastPoll?.waiting ?? 0} waiting, ${held} held, ${failed ?? 0} failed`;
    if (status.kept !== undefined) {
      const { sent, failed: ofFailed, measuredAt } = status.kept;
      yield `  kept         SENT ${sizeOf(sent)}, FAILED ${sizeOf(ofFailed)} (${measuredAt})`;
    }
  }
  if (certificate !== undefined) {
    yield `  certificate  ${certificate.certificate}, until ${certificate.expiresAt.toISOString().slice(0, 10)}, ${certificate.daysLeft} days`;
  }
  for (const words of attention) if (status?.ofProcess?.includes(words) !== true) yield wanting(words, terminal);
}

function wanting(words: string, { paint: { bold, red } }: Terminal): string {
  return `  ${bold(red("!"))} ${words}`;
}

/** What is not well with the process is the same of all its mailboxes: it is said once. */
function ofProcesses(reports: readonly Pick<MailboxReport, "status" | "attention">[]): string[] {
  const words = reports.flatMap(({ status, attention }) =>
    (status?.ofProcess ?? []).filter((one) => attention.includes(one)),
  );
  return [...new Set(words)];
}

function sizeOf({ files, bytes }: { readonly files: number; readonly bytes: number }): string {
  const amount = bytes < 1_000_000 ? `${Math.ceil(bytes / 1000)} KB` : `${Math.ceil(bytes / 1_000_000)} MB`;
  return `${files} ${files === 1 ? "file" : "files"}, ${amount}`;
}
