import { list, mailboxIdFormat, object, optional, type PropertiesOf, text, whole } from "@restante/settings";
import type { MailboxSummary } from "../control.ts";
import { anyText, instant, short } from "./kinds.ts";
import type { AnswerOf, DescribedGroup, InputOf, Nothing } from "./operation.ts";

const mailboxId = text({ description: "The mailbox.", format: mailboxIdFormat });

const count = (description: string): ReturnType<typeof whole> =>
  whole({ description, from: 0, to: Number.MAX_SAFE_INTEGER });

const summary: PropertiesOf<MailboxSummary> = {
  mailbox: anyText({ description: "Its id." }),
  name: anyText({ description: "Its name." }),
  odsCode: anyText({ description: "The organisation it belongs to." }),
  waiting: object<MailboxSummary["waiting"]>(
    { messages: count("How many."), bytes: count("Of their bodies.") },
    { description: "What waits in it." },
  ),
  closed: optional(
    object<NonNullable<MailboxSummary["closed"]>>(
      { at: instant({ description: "Since when." }), reason: anyText({ description: "Why." }) },
      { description: "Absent: it is open." },
    ),
  ),
};

const mailbox = object<MailboxSummary>(summary, { description: "A mailbox." });

export const mailboxes: DescribedGroup<"mailboxes"> = {
  "mailboxes.list": {
    summary: "Lists the mailboxes, with what waits in each",
    input: object<Nothing>({}, { description: "Nothing." }),
    answer: object<AnswerOf<"mailboxes.list">>(
      { mailboxes: list(mailbox, { description: "All, by their ids." }) },
      { description: "The mailboxes." },
    ),
    errors: [],
  },
  "mailboxes.close": {
    summary: "As an operator: a mailbox takes nothing more in",
    remark: "Its owner goes on reading; who sends to it is refused.",
    input: object<InputOf<"mailboxes.close">>(
      { mailbox: mailboxId, reason: short(200, { description: "Why, for the operators of the server." }) },
      { description: "Which mailbox, and why." },
    ),
    answer: mailbox,
    errors: ["mailbox-unknown"],
  },
  "mailboxes.open": {
    summary: "As an operator: a closed mailbox takes messages again",
    input: object<InputOf<"mailboxes.open">>({ mailbox: mailboxId }, { description: "Which mailbox." }),
    answer: mailbox,
    errors: ["mailbox-unknown"],
  },
};
