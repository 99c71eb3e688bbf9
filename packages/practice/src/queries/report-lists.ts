import type { DatabaseSync } from "node:sqlite";
import type { PracticeContext } from "../context.ts";
import type { ReportQuery } from "../lists.ts";
import type { ReportReceiver, ReportRecipient, ReportStanding, SentReport } from "../worklist.ts";
import type { ListPlan } from "./listing.ts";
import { mattersOf } from "./matters.ts";
import { optionalText, present, text } from "./rows.ts";

/** Where a report goes to the registered practice, and none has answered yet. */
const registered = "REGISTERED";
/** So many are offered to choose from. */
const mostReceivers = 200;

/** In which index a list of reports is, and what counts it. */
export function planOf({ show, receiver }: ReportQuery = {}): ListPlan {
  if (receiver === undefined) {
    if (show === undefined) {
      return {
        id: "sequence",
        from: "outgoing INDEXED BY outgoing_kind WHERE kind = 'report'",
        tally: ["report"],
      };
    }
    return isMatter(show)
      ? mattersOf("report", show)
      : {
          id: "sequence",
          from: "report_standing INDEXED BY report_standing_of WHERE standing = :standing",
          values: { standing: show },
          tally: [`report ${show}`],
        };
  }
  const values = { receiver };
  if (show !== undefined && isMatter(show)) {
    const { id, from } = mattersOf("report", show);
    const goesThere = `EXISTS (SELECT 1 FROM report_standing WHERE sequence = ${id} AND receiver = :receiver)`;
    return { id, from: `${from} AND ${goesThere}`, values };
  }
  const from = "report_standing INDEXED BY report_receiver WHERE receiver = :receiver";
  return show === undefined
    ? { id: "sequence", from, values }
    : { id: "sequence", from: `${from} AND standing = :standing`, values: { ...values, standing: show } };
}

function isMatter(show: NonNullable<ReportQuery["show"]>): show is "attention" | "dealt-with" {
  return show === "attention" || show === "dealt-with";
}

export function standingIn({ state, overdue }: Pick<SentReport, "state" | "overdue">): ReportStanding {
  switch (state) {
    case "built":
    case "handed-over":
    case "sent":
    case "received":
      return overdue ? "late" : "awaited";
    case "accepted":
    case "refused":
    case "held":
      return state;
    case "failed":
    case "returned":
      return "undelivered";
  }
}

export function receiverKey({ odsCode, mailboxId }: ReportRecipient): string {
  return (odsCode ?? mailboxId ?? registered).toUpperCase();
}

/** One look into the index for each, however many reports there are. */
export function listReceivers({ database, organisations }: PracticeContext): ReportReceiver[] {
  return receiversOf(database).map(({ key, name }) => {
    const known = organisations.find(({ odsCode, mailboxIds }) => [odsCode, ...mailboxIds].some((id) => id === key));
    return present({ key, name: known?.name ?? name });
  });
}

function receiversOf(database: DatabaseSync): ReportReceiver[] {
  return database
    .prepare(
      `WITH RECURSIVE each(receiver) AS (
         SELECT min(receiver) FROM report_standing
         UNION ALL
         SELECT (SELECT min(receiver) FROM report_standing WHERE receiver > each.receiver) FROM each
         WHERE each.receiver IS NOT NULL LIMIT ?)
       SELECT receiver, (SELECT to_name FROM outgoing WHERE sequence =
         (SELECT max(sequence) FROM report_standing WHERE report_standing.receiver = each.receiver)) AS name
       FROM each WHERE receiver IS NOT NULL`,
    )
    .all(mostReceivers + 1)
    .slice(0, mostReceivers)
    .map((row) => present({ key: text(row, "receiver"), name: optionalText(row, "name") }));
}
