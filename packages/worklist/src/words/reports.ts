// What a person is told of a report that was sent: how it stands, why it may be late or refused, and what to do next.
import type { MailboxId } from "@restante/mesh";
import type { ReportRecipient, ReportStanding, ReportState, SentReport, SentReportDetail } from "@restante/practice";
import { formatTime } from "@restante/web";
import { anotherWay, dealtWith, type Guidance, notUnchanged, phone } from "./guidance.ts";
import { refusalOf, refusals } from "./report-refusals.ts";
import { waitedWords } from "./waiting.ts";

/** How a report stands, for a person: as its state, or as one in which its answer should have come by now. */
export type Situation = ReportState | `${WaitingState}-late`;

type WaitingState = Extract<ReportState, "built" | "handed-over" | "sent" | "received">;

const mayStillCome = `${anotherWay} Say that the report may still come by MESH.`;
const onceByItself = "It is sent once, by itself.";
const mayHaveArrived =
  "It cannot be sent again from here. MESH has accepted it, so it may have arrived, and MESH does not recognise a message that is sent twice.";
const systemAtFault =
  "The head of this page says that messages are not handed to MESH. Then it is not this report alone: tell whoever looks after your system.";

/** Every way in which a report can stand has its words: a new state does not compile until it has them. */
export const situations: Readonly<Record<Situation, Guidance>> = {
  built: { means: "It is stored here, and leaves by itself.", next: [], again: onceByItself },
  "built-late": {
    means: "It has still not been handed to MESH, so the recipient does not have it.",
    causes: [
      systemAtFault,
      "Something is wrong with this report alone: what it is stands under What has happened.",
      "Your system was switched off. Then it leaves within minutes of its start.",
    ],
    next: ["Tell whoever looks after your system that this report does not leave.", mayStillCome, dealtWith],
    again: `${onceByItself} It goes on being tried for as long as it takes.`,
  },
  "handed-over": {
    means: "The MESH client of your organisation has it, and sends it by itself.",
    next: [],
    again: onceByItself,
  },
  "handed-over-late": {
    means: "The MESH client of your organisation has it. It has not said that it was sent, and no answer has come.",
    causes: [
      "The MESH client does not run, or cannot reach MESH. Then no other report has been accepted by MESH since.",
      "It was sent, and the client kept no note of it. Then the recipient has it, and has not answered.",
    ],
    next: [
      "Ask whoever looks after your MESH client whether it runs, and what it says of this report.",
      `${phone} Ask whether they have the report.`,
      mayStillCome,
      dealtWith,
    ],
    again: "It cannot be sent again from here: the MESH client may have sent it, or may still do so.",
  },
  sent: {
    means: "MESH has accepted it. The recipient’s system has not said yet that it arrived.",
    next: [],
    again: mayHaveArrived,
  },
  "sent-late": {
    means: "MESH has accepted it, and the recipient’s system has not said that it arrived.",
    causes: [
      "Their answer came and could not be matched: look under Unmatched messages.",
      "Their system has not collected it. MESH keeps it for 5 days, and then returns it.",
      "Their system has it, and does not answer.",
    ],
    next: [
      "Look under Unmatched messages for an answer from them.",
      `${phone} Ask whether they have the report. If they do not, ask them to see to it that their MESH mailbox is collected.`,
      mayStillCome,
      dealtWith,
    ],
    again: mayHaveArrived,
  },
  received: {
    means: "The recipient’s system has it whole, and has not said yet whether it is for them.",
    next: [],
    again: "There is no need to send it again: it has arrived.",
  },
  "received-late": {
    means: "The recipient’s system has it whole, and has not said whether it is for them.",
    causes: [
      "Their answer came and could not be matched: look under Unmatched messages.",
      "Nobody there has matched the patient, or decided on it, yet.",
      "Their system gives no such answer, though it was asked for.",
    ],
    next: [
      "Look under Unmatched messages for an answer from them.",
      `${phone} Ask whether the patient is theirs, and whether somebody deals with the report.`,
      dealtWith,
    ],
    again: "There is no need to send it again: it has arrived. Sent twice, it would be refused as a copy.",
  },
  accepted: {
    means: "The recipient has it, and it is for them.",
    next: [],
    again: "There is no need to send it again: it has arrived.",
  },
  held: {
    means: "It was sent, and MESH never answered. Nobody here knows whether it arrived.",
    causes: ["The connection to MESH broke off while it was sent."],
    next: [
      `${phone} Ask whether they have the report, before you do anything else.`,
      "If they have it, mark it as dealt with, and write down who you spoke to.",
      "If they do not have it, send it again here.",
    ],
    again: "It can be sent again, once you know that it did not arrive. Never send again what may have arrived.",
  },
  failed: {
    means: "It was not sent, and will not be. The recipient does not have it.",
    causes: [
      "What MESH or the MESH client said stands under What has happened: mostly the organisation has no mailbox for such reports, or what names the patient is wrong.",
    ],
    next: [
      "Check who it was for: the organisation, or the patient’s NHS number, date of birth and name.",
      "Put right what was wrong, and send the consultation’s report anew.",
      anotherWay,
      "Then mark it as dealt with.",
    ],
    again:
      "It cannot be sent again as it is: it would be refused again. The report that you send anew is one of its own, and this one stays as it is.",
  },
  returned: {
    means: "MESH could not deliver it, and has returned it. The recipient does not have it.",
    causes: [
      "The patient’s NHS number, date of birth or name is not as the national record has it (EPL-152 to EPL-154).",
      "The practice has no mailbox for such reports, or more than one (EPL-150, EPL-151).",
      "The recipient did not collect it within 5 days (14).",
    ],
    next: [
      "Look under What has happened for what MESH said.",
      "If it was about the patient, check the patient’s details in your record against the national one.",
      `If it was about the recipient: ${phone} Tell them that it could not be delivered.`,
      "Send the consultation’s report anew when what was wrong is put right, or give it to the recipient another way.",
      "Then mark it as dealt with.",
    ],
    again:
      "It cannot be sent again as it is: it would come back. Nothing of it was delivered, so a new report is no copy.",
  },
  refused: {
    means: "The recipient has refused it.",
    next: [`${phone} Ask why.`, dealtWith],
    again: notUnchanged,
  },
};

export function situationOf({ state, overdue }: Pick<SentReport, "state" | "overdue">): Situation {
  switch (state) {
    case "built":
    case "handed-over":
    case "sent":
    case "received":
      return overdue ? `${state}-late` : state;
    case "accepted":
    case "held":
    case "failed":
    case "returned":
    case "refused":
      return state;
  }
}

/** Of a report that MESH returned, by the code of its report. */
const returnCauses: Readonly<Record<string, string>> = {
  "EPL-150": "The recipient has more than one mailbox for such reports, so MESH could not choose.",
  "EPL-151": "The recipient has no mailbox for such reports.",
  "EPL-152": "The patient’s NHS number is not a valid one.",
  "EPL-153": "The national record has no patient with this NHS number.",
  "EPL-154": "The NHS number belongs to a patient with another date of birth or name.",
  "14": "The recipient’s system did not collect it within 5 days.",
};

type Told = Pick<SentReportDetail, "state" | "overdue" | "recipient" | "infrastructure" | "business" | "meshReports">;

/** What to tell of a report: of a refusal by its code, of what MESH returned by the code of MESH. */
export function guidanceFor(report: Told): Guidance {
  const situation = situationOf(report);
  const refusal = situation === "refused" ? refusalOf(report) : undefined;
  const guidance: Guidance = refusal === undefined ? situations[situation] : refusals[refusal];
  const returned = situation === "returned" ? report.meshReports.find(({ success }) => !success)?.code : undefined;
  const cause = returned === undefined ? undefined : returnCauses[returned];
  const told = (sentence: string): string => sentence.replace(phone, phoneWords(report.recipient));
  return {
    ...guidance,
    ...(report.business?.code === "30004" && situation === "accepted" && { means: died }),
    ...(cause !== undefined && { causes: [cause] }),
    next: guidance.next.map(told),
  };
}

const died = "The recipient has it. They know the patient, who has died.";

/** No list of organisations that is known here has a number. */
function phoneWords({ name, odsCode }: Pick<ReportRecipient, "name" | "odsCode">): string {
  const whom = name ?? (odsCode === undefined ? "the patient’s registered practice" : odsCode);
  const code = name !== undefined && odsCode !== undefined ? ` (${odsCode})` : "";
  return `Phone ${whom}${code}: their number is not known here, so look it up in the directory that your organisation uses.`;
}

/** What is listed by how it stands, in the order of the links above the list. */
export const standingNames: Readonly<Record<ReportStanding, string>> = {
  awaited: "Awaited",
  late: "Late",
  accepted: "Accepted",
  refused: "Refused",
  undelivered: "Not delivered",
  held: "Held",
};

/** Said where a list by standing is empty. */
export const noneStanding: Readonly<Record<ReportStanding, string>> = {
  awaited: "No report waits for an answer that can still come in time.",
  late: "No report is late.",
  accepted: "No report has been accepted yet.",
  refused: "No report has been refused.",
  undelivered: "Every report that left was delivered, or may still be.",
  held: "No report is held: of each it is known whether it was sent.",
};

/** What one of them means, for the list of it. */
export const standingMeanings: Readonly<Record<ReportStanding, string>> = {
  awaited: "These are on their way, or have arrived and wait for an answer. Nothing is to be done about them yet.",
  late: "An answer should have come by now. Open one to see why it may be late, and what to do.",
  accepted: "The recipient has these, and they are for them.",
  refused: "The recipient said no to these. Open one to see why, and what to do.",
  undelivered: "These could not be sent, or MESH returned them: the recipient does not have them.",
  held: "Nobody knows whether these arrived. Ask the recipient before you send one again.",
};

/** How long its answer has been waited for, and by when it should come; or how late it is. */
export function waitsWords({ awaits, overdue }: Pick<SentReport, "awaits" | "overdue">, now: Date): string | undefined {
  if (awaits === undefined) return undefined;
  const { level, since, by } = awaits;
  const what = level === "infrastructure" ? "The answer that it arrived" : "The answer whether it is for them";
  return overdue
    ? `${what} should have come by ${formatTime(by)}: it is late by ${waitedWords(by, now)}.`
    : `${what} has been awaited for ${waitedWords(since, now)}, and is expected by ${formatTime(by)}. If it has not come by then, this page says so and what to do.`;
}

/** In a row: how long its next answer has been waited for, or is late by. */
export function waitingOf({ awaits, overdue }: Pick<SentReport, "awaits" | "overdue">, now: Date): string | undefined {
  if (awaits === undefined) return undefined;
  return overdue ? `Late by ${waitedWords(awaits.by, now)}` : `Awaited for ${waitedWords(awaits.since, now)}`;
}

/** Who said something, by the mailbox that it came from. */
export function saidBy(from: MailboxId | undefined, recipient: ReportRecipient): string | undefined {
  if (from === undefined) return undefined;
  return from === recipient.mailboxId && recipient.name !== undefined ? `${recipient.name}, ${from}` : from;
}
