import { responseCodes } from "@restante/itk3";
import type {
  ReceivedResponse,
  ReportQuery,
  ReportReceiver,
  ReportStanding,
  SentReport,
  SentReportDetail,
  WorklistCounts,
} from "@restante/practice";
import { receiverKey, standingIn } from "../../practice/src/queries/report-lists.ts";
import { at, mailbox, sentReport } from "./sample-messages.ts";

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

type Answered = Pick<SentReportDetail, "infrastructure" | "business">;

function answer(code: string): ReceivedResponse {
  const { display, positive } = responseCodes.get(code) ?? { display: "Something else", positive: false };
  return { code, text: display, positive, receivedAt: at("07:41:00"), messageId: "M1", from: mailbox("Y99002OT001") };
}

/** A report in each state that one can be in, also late where it can be; refused, for each code that refuses. */
export function everyReport(): SentReportDetail[] {
  const refusals = [...responseCodes.values()].filter(({ positive }) => !positive);
  const whole: Answered = { infrastructure: answer("20013") };
  const waiting = (state: "built" | "handed-over" | "sent" | "received"): Partial<SentReportDetail>[] => {
    const level = state === "received" ? "business" : "infrastructure";
    const awaits = { level, since: at("07:40:00"), by: new Date("2026-11-24T07:40:00Z") } as const;
    const one: Partial<SentReportDetail> = { state, awaits, ...(state === "received" && whole) };
    return [one, { ...one, overdue: true, ...(state === "built" && { problem: "The folder OUT is not there." }) }];
  };
  const accepted = (code: string): Partial<SentReportDetail> => ({
    state: "accepted",
    ...whole,
    business: answer(code),
  });
  const returned = (code: string): Partial<SentReportDetail> => ({
    state: "returned",
    meshReports: [
      { messageId: "M9", receivedAt: at("07:42:00"), event: "SEND", success: false, code, text: "As MESH says" },
    ],
  });
  const refused = ({ code, level }: (typeof refusals)[number]): Partial<SentReportDetail> => ({
    state: "refused",
    ...(level === "business" ? { ...whole, business: answer(code) } : { infrastructure: answer(code) }),
  });
  return [
    ...(["built", "handed-over", "sent", "received"] as const).flatMap(waiting),
    ...["30001", "30004", "30016"].map(accepted),
    { state: "held" as const, problem: "MESH never answered, and cannot tell whether it has the message." },
    { state: "failed" as const, problem: "The organisation has no MESH mailbox for this workflow." },
    ...["EPL-151", "14", "99"].map(returned),
    ...refusals.map(refused),
    { state: "refused" as const, infrastructure: answer("20009"), business: answer("30001") },
  ].map(numbered);
}

function numbered(report: Partial<SentReportDetail>, index: number): SentReportDetail {
  const isWell = report.state === "accepted" || (report.awaits !== undefined && report.overdue !== true);
  const reason = "As the practice says.";
  return {
    ...sentReport(index + 1, `5f1d2c3b-0000-4000-9000-${String(index + 1).padStart(12, "0")}`),
    ...(!isWell && { matter: { state: "seen" as const, reason, raisedAt: at("07:50:00") }, attention: reason }),
    ...report,
  };
}
