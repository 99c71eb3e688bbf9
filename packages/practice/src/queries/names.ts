import type { KnownOrganisation } from "../options.ts";
import type { ReportRecipient, SentReport } from "../worklist.ts";

/** Puts the name of the organisation to a report that goes to it, where the list of organisations has it. */
export function named<Report extends SentReport>(report: Report, organisations: readonly KnownOrganisation[]): Report {
  const { recipient } = report;
  const found = organisations.find(({ odsCode, mailboxIds }) =>
    recipient.kind === "organisation"
      ? odsCode === recipient.odsCode
      : recipient.mailboxId !== undefined && mailboxIds.includes(recipient.mailboxId),
  );
  if (found === undefined) return report;
  const { odsCode, name } = found;
  const known: ReportRecipient = { ...recipient, odsCode, name };
  return { ...report, recipient: known };
}
