// What a person is told of a report that its recipient refused, by the code of the refusal.
import type { SentReport } from "@restante/practice";
import { anotherWay, dealtWith, type Guidance, notUnchanged, phone } from "./guidance.ts";

/** Codes that lead a person to the same thing. */
export type Refusal =
  | ("patient-unknown" | "patient-left" | "copy" | "replacement" | "attachment" | "too-large")
  | ("recipient" | "sender" | "referral" | "message" | "both");

/** ITK3 2.10.0. Whatever is not here is a fault of the message itself: 10001 to 10010, 20006, 20009. */
const byCode: Readonly<Record<string, Refusal>> = {
  "20001": "recipient",
  "20002": "recipient",
  "20003": "sender",
  "20004": "attachment",
  "20005": "attachment",
  "20007": "copy",
  "20008": "copy",
  "20010": "recipient",
  "20011": "recipient",
  "20012": "sender",
  "20014": "replacement",
  "20015": "too-large",
  "30002": "patient-unknown",
  "30003": "patient-left",
};

/** By the business answer that says no, else by the infrastructure one. */
export function refusalOf({ infrastructure, business }: Pick<SentReport, "infrastructure" | "business">): Refusal {
  if (business?.positive === true) return "both";
  const code = (business ?? infrastructure)?.code ?? "";
  return byCode[code] ?? (code >= "30005" ? "referral" : "message");
}

const otherPractice = [
  "Check the NHS number, date of birth and name of the patient in your record.",
  "Find out where the patient is registered now, from the national record or the patient.",
  "Send the consultation’s report to that practice. If there is none, decide with the clinician who must know what is in it.",
  "Then mark it as dealt with, and write down what you did.",
] as const;

export const refusals: Readonly<Record<Refusal, Guidance>> = {
  "patient-unknown": {
    means: "The recipient does not know the patient. Nobody there acts on the report.",
    causes: ["The patient’s details are wrong.", "The patient is registered elsewhere, or nowhere."],
    next: otherPractice,
    again: "Sent to the same recipient again it would be refused again. To another practice it is a report of its own.",
  },
  "patient-left": {
    means: "The patient is not registered with the recipient any more. Nobody there acts on the report.",
    causes: ["The patient has moved to another practice.", "The patient has died, more than 6 months ago."],
    next: otherPractice,
    again: "Sent to the same recipient again it would be refused again. To another practice it is a report of its own.",
  },
  copy: {
    means: "The recipient’s system says that it had this report before. Its answer to the first has not come.",
    causes: [
      "The report was sent twice, and this answers the second. The answer to the first may still come.",
      "Their system takes it for another report.",
    ],
    next: [
      "Look under Unmatched messages for another answer from them.",
      `${phone} Ask whether they have the report.`,
      dealtWith,
    ],
    again: "It cannot be sent again: the recipient says that it has it.",
  },
  replacement: {
    means:
      "The recipient’s system could not put this version in the place of the earlier one. Neither may count there any more.",
    next: [
      `${phone} Ask which version they have in the patient’s record, if any.`,
      "Make sure that they have what holds now. The earlier version and this one are to be treated as void.",
      dealtWith,
    ],
    again: notUnchanged,
  },
  attachment: {
    means: "The recipient’s system does not take a type of file that is attached, so it took nothing of the report.",
    next: [
      `${phone} Ask how they can take the file that is attached.`,
      "Send the consultation’s report anew without it, or with it as another type of file.",
      dealtWith,
    ],
    again: notUnchanged,
  },
  "too-large": {
    means: "The report, with what is attached, is larger than the recipient’s system takes. It took nothing of it.",
    next: ["Send the consultation’s report anew with less, or smaller files, attached.", anotherWay, dealtWith],
    again: notUnchanged,
  },
  recipient: {
    means: "The recipient’s system does not take such a report for the organisation or person that it is addressed to.",
    causes: ["It went to the wrong organisation.", "They have chosen not to take reports of this kind."],
    next: [
      "Check who it was for.",
      `${phone} Ask how they want to have such reports.`,
      "Then mark it as dealt with, and write down what you agreed.",
    ],
    again: notUnchanged,
  },
  sender: {
    means: "The recipient’s system does not take messages from your organisation.",
    next: [
      `${phone} Ask them to let messages of your organisation in.`,
      "Tell whoever looks after your system: others may refuse them too.",
      anotherWay,
      dealtWith,
    ],
    again: notUnchanged,
  },
  referral: {
    means: "The recipient has the report, and says that the referral has ended, or was not taken on.",
    next: [
      "Read what they answered, under What has happened.",
      "Decide with the clinician what the patient needs now: the recipient does nothing more.",
      "Then mark it as dealt with, and write down what you did.",
    ],
    again: "There is no need to send it again: it has arrived. A new referral is a report of its own.",
  },
  message: {
    means: "The recipient’s system could not take the message as it is written. Nobody there has seen the report.",
    causes: [
      "It departs from what their system asks for: what they say of it stands under What has happened.",
      "Their system is at fault.",
    ],
    next: [
      "Tell whoever looks after your system, with the code and what the recipient says of it.",
      `${phone} Tell them that their system refused the report.`,
      anotherWay,
      dealtWith,
    ],
    again: notUnchanged,
  },
  both: {
    means: "The recipient’s system refused the message, and then said that the report is for them. Both cannot hold.",
    next: [`${phone} Ask whether they have the report, whole, and act on it.`, dealtWith],
    again: "It cannot be sent again from here: they may have it.",
  },
};
