import type { ReportQuery, ReportReceiver, ReportStanding, SentReport, WorklistCounts } from "@restante/practice";
import { receiverKey, standingIn } from "../../practice/src/queries/report-lists.ts";

export const noReports: WorklistCounts["reportsBy"] = {
  awaited: 0,
  late: 0,
  accepted: 0,
  refused: 0,
  undelivered: 0,
  held: 0,
};

export function reportsBy(sent: readonly SentReport[]): WorklistCounts["reportsBy"] {
  const of = (standing: ReportStanding): number => sent.filter((report) => standingIn(report) === standing).length;
  const counts = Object.keys(noReports).map((standing) => [standing, of(standing as ReportStanding)] as const);
  return { ...noReports, ...Object.fromEntries(counts) };
}

/** As the practice lists them. */
export function isAsked(report: SentReport, { show, receiver }: ReportQuery = {}): boolean {
  if (receiver !== undefined && receiverKey(report.recipient) !== receiver) return false;
  const state = report.matter?.state;
  if (show === undefined) return true;
  if (show === "attention") return state === "new" || state === "seen";
  return show === "dealt-with" ? state === show : standingIn(report) === show;
}

export function receiversOf(sent: readonly SentReport[]): ReportReceiver[] {
  const all = sent.map(({ recipient }) => ({
    key: receiverKey(recipient),
    ...(recipient.name !== undefined && { name: recipient.name }),
  }));
  return [...new Map(all.map((receiver) => [receiver.key, receiver])).values()];
}
