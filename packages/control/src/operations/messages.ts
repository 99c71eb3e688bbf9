import {
  list,
  mailboxIdFormat,
  object,
  type ObjectSchema,
  oneOf,
  optional,
  type PropertiesOf,
  type Rule,
  text,
  flag,
  whole,
  withRules,
} from "@restante/settings";
import type { MessageFilter, MessageSummary, WaitInput } from "../control.ts";
import { upTo } from "../duration.ts";
import { anyText, base64, bodyText, headerText, instant, LARGEST_BODY, short, texts } from "./kinds.ts";
import type { AnswerOf, DescribedGroup, InputOf } from "./operation.ts";

const LONGEST_ID = 100;

const states = [
  "uploading",
  "routing",
  "accepted",
  "acknowledged",
  "undelivered",
  "failed",
  "damaged",
  "abandoned",
] as const;

const types = ["DATA", "REPORT"] as const;

function fitting(description: string): ReturnType<typeof short> {
  return short(500, { description });
}

const filter: PropertiesOf<MessageFilter> = {
  mailbox: optional(fitting("The mailbox it is in, or is to be delivered to.")),
  from: optional(fitting("The mailbox that sent it; reports have none.")),
  workflowId: optional(fitting("Its workflow.")),
  type: optional(oneOf(types, { description: "A message, or a report." })),
  state: optional(oneOf(states, { description: "Where its life stands." })),
  localId: optional(fitting("The local id that its sender gave it.")),
  subject: optional(fitting("Its subject.")),
  fileName: optional(fitting("Its file name.")),
  linkedMessageId: optional(fitting("Of a report: the message it is about.")),
  code: optional(fitting("Of a report: its code, such as 14 or EPL-151.")),
  containing: optional(
    short(1000, { description: "What its body holds, as UTF-8 text; larger ones are passed over." }),
  ),
};

const fits =
  "A text fits if it is equal or, with * at its end, if it begins so; ids of mailboxes and messages, and codes, fit in any case.";

const waiting: PropertiesOf<WaitInput> = {
  ...filter,
  count: optional(whole({ description: "How many messages.", from: 1, to: 5000, default: 1 })),
  within: optional(text({ description: "How long it waits at most.", format: upTo("10m"), default: "10s" })),
  after: optional(short(LONGEST_ID, { description: "Only what was accepted after the message of this id." })),
  since: optional(instant({ description: "Only what was accepted at this time of the server's clock, or later." })),
};

function messageId(description: string): ReturnType<typeof short> {
  return short(LONGEST_ID, { description });
}

const status = object<NonNullable<MessageSummary["status"]>>(
  {
    event: anyText({ description: "What was done when it happened, such as TRANSFER." }),
    code: anyText({ description: "The code." }),
    description: anyText({ description: "What it means." }),
  },
  { description: "Why it failed or, of a report, why the other one did." },
);

const summary: PropertiesOf<MessageSummary> = {
  messageId: anyText({ description: "Its id." }),
  type: oneOf(types, { description: "A message, or a report." }),
  state: oneOf(states, { description: "Where its life stands." }),
  from: optional(anyText({ description: "The mailbox that sent it. Absent of a report." })),
  mailbox: optional(
    anyText({ description: "The mailbox it is in or goes to. Absent while it is routed, or if it was not." }),
  ),
  workflowId: anyText({ description: "Its workflow." }),
  localId: optional(anyText({ description: "Its sender's own id." })),
  subject: optional(anyText({ description: "Its subject." })),
  fileName: optional(anyText({ description: "Its file name." })),
  linkedMessageId: optional(anyText({ description: "Of a report: the message it is about." })),
  status: optional(status),
  bytes: whole({ description: "Of its body, as it came.", from: 0, to: Number.MAX_SAFE_INTEGER }),
  chunks: whole({ description: "How many it came in.", from: 0, to: 1_000_000 }),
  createdAt: instant({ description: "When its first chunk came." }),
  acceptedAt: optional(instant({ description: "When it was placed in its mailbox." })),
  changedAt: instant({ description: "When its state changed last." }),
  dueAt: optional(instant({ description: "When time alone moves it on." })),
};

const message = object<MessageSummary>(summary, { description: "A message, without its body." });

const onlyOfLatest: Rule = (find) => {
  const [id] = find("/messageId");
  return find("/filter")
    .filter(() => id?.value !== "latest")
    .map(({ pointer }) => ({ pointer, words: 'goes with the message id "latest" alone' }));
};

const mailboxId = text({ description: "The mailbox it is put into.", format: mailboxIdFormat });

const injection = object<InputOf<"messages.inject">>(
  {
    mailbox: mailboxId,
    from: optional(
      text({ description: "The mailbox that sent it. Absent: the mailbox itself.", format: mailboxIdFormat }),
    ),
    workflowId: headerText("workflowId", { description: "Its workflow." }),
    body: optional(base64({ description: `Its body, of up to ${LARGEST_BODY} bytes.` })),
    text: optional(bodyText({ description: "Its body, as a text that becomes UTF-8." })),
    subject: optional(headerText("subject", { description: "Its subject." })),
    localId: optional(headerText("localId", { description: "Its sender's own id." })),
    fileName: optional(headerText("fileName", { description: "Its file name." })),
    partnerId: optional(headerText("partnerId", { description: "Its sender's own word, given back." })),
    checksum: optional(headerText("checksum", { description: "Its checksum, which nobody checks." })),
    contentType: optional(headerText("contentType", { description: "The type of its body." })),
    contentEncoding: optional(oneOf(["gzip"], { description: "How its body is encoded. Absent: it is as it is." })),
    encrypted: optional(headerText("encrypted", { description: "Y or N, for its recipient." })),
    compressed: optional(headerText("compressed", { description: "Y or N, for its recipient." })),
  },
  { description: "A message to put into a mailbox.", oneOf: [{ required: ["body"] }, { required: ["text"] }] },
);

function answeredWithId(description: string): ObjectSchema<{ messageId: string }> {
  return object<{ messageId: string }>({ messageId: anyText({ description: "Its id." }) }, { description });
}

export const messages: DescribedGroup<"messages"> = {
  "messages.list": {
    summary: "Lists messages, the newest first",
    remark: fits,
    input: object<InputOf<"messages.list">>(
      {
        ...filter,
        limit: optional(whole({ description: "The longest page.", from: 1, to: 500, default: 50 })),
        before: optional(short(500, { description: "Go on after this page: its `next`." })),
      },
      { description: "Which messages; every property that is given must fit." },
    ),
    answer: object<AnswerOf<"messages.list">>(
      {
        messages: list(message, { description: "What fits." }),
        next: optional(anyText({ description: "For `before`, where there are more." })),
      },
      { description: "A page of messages." },
    ),
    errors: ["mailbox-unknown"],
  },
  "messages.peek": {
    summary: "Shows one message with all its headers and its body",
    remark: "It stays as it is: nobody has downloaded it.",
    input: withRules(
      object<InputOf<"messages.peek">>(
        {
          messageId: messageId("Its id; `latest` is the newest, of those that fit the filter."),
          filter: optional(object<MessageFilter>(filter, { description: "Of which it is the newest." })),
          bytes: optional(
            whole({ description: "So much of its body.", from: 0, to: LARGEST_BODY, default: LARGEST_BODY }),
          ),
        },
        { description: "Which message." },
      ),
      onlyOfLatest,
    ),
    answer: object<AnswerOf<"messages.peek">>(
      {
        ...summary,
        headers: texts({ description: "As a download answers them, by names in lower case." }),
        body: anyText({ description: "Base64 of as many bytes as were asked for." }),
        text: optional(anyText({ description: "The body as text, where it is UTF-8." })),
        isWhole: flag({ description: "Whether that is all of it." }),
      },
      { description: "A message." },
    ),
    errors: ["message-unknown", "not-possible"],
  },
  "messages.inject": {
    summary: "Puts a message into a mailbox, as if another had sent it",
    remark: "Nobody's token is used and no workflow is asked about. A closed mailbox takes no message, but reports.",
    input: injection,
    answer: answeredWithId("The message."),
    errors: ["mailbox-unknown", "not-possible"],
  },
  "messages.report": {
    summary: "Puts a report into a mailbox, of any code",
    input: object<InputOf<"messages.report">>(
      {
        mailbox: mailboxId,
        workflowId: headerText("workflowId", { description: "The workflow of the message it is about." }),
        code: headerText("statusCode", { description: "Its code, such as 14 or EPL-151." }),
        description: headerText("statusDescription", { description: "What the code means." }),
        event: optional(
          headerText("statusEvent", { description: "What was done when it happened. Absent: as MESH has it." }),
        ),
        subject: optional(headerText("subject", { description: "Its subject. Absent: as MESH has it." })),
        localId: optional(headerText("localId", { description: "That of the message it is about." })),
        fileName: optional(headerText("fileName", { description: "That of the message it is about." })),
        linkedMessageId: optional(headerText("linkedMessageId", { description: "The message it is about." })),
      },
      { description: "A report to put into a mailbox." },
    ),
    answer: answeredWithId("The report."),
    errors: ["mailbox-unknown", "not-possible"],
  },
  "messages.wait": {
    summary: "Answers once so many messages fit, those that are there already too",
    remark: `${fits} With \`after\` or \`since\`, only what came later.`,
    input: object<InputOf<"messages.wait">>(waiting, { description: "What to wait for." }),
    answer: object<AnswerOf<"messages.wait">>(
      { messages: list(message, { description: "What fits, the oldest first." }) },
      { description: "What came." },
    ),
    errors: ["mailbox-unknown", "message-unknown", "not-in-time"],
  },
  "messages.expectNone": {
    summary: "Answers when the time is over and no message that fits has come",
    remark: `${fits} Looked at is what comes from now on or, with \`after\` or \`since\`, from then on. With \`count\`, fewer than so many may come.`,
    input: object<InputOf<"messages.expectNone">>(waiting, { description: "What must not come." }),
    answer: object<AnswerOf<"messages.expectNone">>(
      { waitedMs: whole({ description: "How long it waited.", from: 0, to: Number.MAX_SAFE_INTEGER }) },
      { description: "Nothing came." },
    ),
    errors: ["mailbox-unknown", "message-unknown", "not-expected"],
  },
  "messages.putBack": {
    summary: "As an operator: an undelivered message is listed again",
    remark: "Its sender was told that it was not collected; a second expiry reports it again.",
    input: object<InputOf<"messages.putBack">>({ messageId: messageId("Its id.") }, { description: "Which message." }),
    answer: object<AnswerOf<"messages.putBack">>(
      {
        messageId: anyText({ description: "Its id." }),
        collectBy: instant({ description: "Until when it waits now." }),
      },
      { description: "The message waits again." },
    ),
    errors: ["message-unknown", "not-possible"],
  },
};
