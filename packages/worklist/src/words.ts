import { reportMaker, statusEventOf } from "@restante/mesh";
import type {
  GivenResponse,
  HandOverState,
  Matter,
  PersonAct,
  ReportRecipient,
  ReportState,
  SentReport,
  Stray,
  StrayDetail,
  SystemTrouble,
  ModifiedPart,
  TaskFinding,
  TaskNotice,
  TaskSummary,
} from "@restante/practice";
import { formatDay, formatHour, formatTime, type Tag } from "@restante/web";
import { everyFlagTag } from "./words/flags.ts";
import { everyMatchTag, isDecision } from "./words/matching.ts";

export * from "./words/filing.ts";
export * from "./words/flags.ts";
export { removedWords } from "./words/kept.ts";
export * from "./words/matching.ts";
export * from "./words/refused.ts";
export * from "./words/row.ts";

/** Where the task stands, the one thing a person must see first. */
export function taskTag(task: Pick<TaskSummary, "kind" | "state" | "refusedFor">): Tag {
  if (task.state === "completed") return { text: "Done", colour: "green", meaning: "A person has dealt with it." };
  if (task.state === "replaced") {
    return { text: "Replaced", colour: "grey", meaning: "A later version has arrived and is a task of its own." };
  }
  if (task.state === "removed") {
    return { text: "Removed", colour: "grey", meaning: "It was dealt with, and has been removed by its age." };
  }
  if (task.refusedFor === "not-taken") {
    return {
      text: "Not taken",
      colour: "red",
      meaning: "Your organisation does not take this kind of message. A person must look at it.",
    };
  }
  if (task.kind === "refused") {
    return {
      text: "Not accepted",
      colour: "red",
      meaning: "The message could not be accepted. A person must look at it.",
    };
  }
  if (task.kind === "set-aside") {
    return { text: "Set aside", colour: "orange", meaning: "Not a document message. A person must look at it." };
  }
  return { text: "To do", colour: "blue", meaning: "For a person to deal with." };
}

export function recipientTypeWords(type: TaskSummary["recipientType"]): string | undefined {
  if (type === undefined) return undefined;
  return type === "FA" ? "For action" : "For information";
}

/** How a report or a response stands. */
export function stateTag(state: ReportState): Tag {
  return stateTags[state];
}

const stateTags: Readonly<Record<HandOverState | ReportState, Tag>> = {
  built: { text: "Waiting to leave", colour: "white", meaning: "Made, and about to be handed to MESH." },
  "handed-over": { text: "Leaving", colour: "white", meaning: "With the MESH client, which has not sent it yet." },
  sent: { text: "Sent", colour: "blue", meaning: "MESH has accepted it. Nothing has come back yet." },
  held: {
    text: "Held",
    colour: "orange",
    meaning: "MESH never answered, so nobody knows whether it arrived. A person must decide.",
  },
  failed: { text: "Not sent", colour: "red", meaning: "It has not been sent, and will not be." },
  returned: { text: "Returned", colour: "red", meaning: "MESH could not deliver it." },
  received: {
    text: "Arrived",
    colour: "blue",
    meaning: "The recipient has it whole, and has not yet said whether it is for them.",
  },
  accepted: { text: "Accepted", colour: "green", meaning: "The recipient has it, and it is for them." },
  refused: { text: "Refused", colour: "red", meaning: "The recipient has refused it." },
};

/** Every word in colour that a list or a page may show of a message or a report. */
export function everyTag(): Tag[] {
  return [stateTags, matterTags, severities, everyMatchTag, everyFlagTag].flatMap((tags) => Object.values<Tag>(tags));
}

/** Where something stands that needs a person's attention. */
export function matterTag({ state }: Pick<Matter, "state">): Tag {
  return matterTags[state];
}

const matterTags: Readonly<Record<Matter["state"], Tag>> = {
  new: { text: "New", colour: "red", meaning: "It needs attention, and nobody has opened it yet." },
  seen: { text: "Needs attention", colour: "orange", meaning: "Somebody has opened it, and not dealt with it yet." },
  "dealt-with": { text: "Dealt with", colour: "green", meaning: "A person has dealt with it." },
};

const severities: Readonly<Record<TaskFinding["severity"], Tag>> = {
  error: { text: "Must", colour: "red", meaning: "The message breaks a requirement." },
  warning: { text: "Should", colour: "orange", meaning: "The message departs from what is recommended." },
  look: { text: "Look", colour: "blue", meaning: "A person must look." },
};

export function severityTag(severity: TaskFinding["severity"]): Tag {
  return severities[severity];
}

/** What only a person can decide is for them, and must not be taken for what a supplier mends. */
export function findingsApart(findings: readonly TaskFinding[]): { look: TaskFinding[]; others: TaskFinding[] } {
  const isLook = ({ severity }: TaskFinding): boolean => severity === "look";
  return { look: findings.filter(isLook), others: findings.filter((finding) => !isLook(finding)) };
}

/** Beside what something unknown may change the meaning of; what that is stands at the top of the task. */
export const lookTag: Tag = {
  text: "A person must look",
  colour: "orange",
  meaning: "Something that is not known here may change what this means.",
};

/** What stands over a notice, before its words. */
export function noticeHeading({ kind }: Pick<TaskNotice, "kind">): string | undefined {
  return kind === "modified" ? "A person must look." : undefined;
}

/** Whether something unknown may change what a part of the message means. */
export function mustLook({ notices }: Pick<TaskSummary, "notices">): boolean {
  return notices?.some(({ kind }) => kind === "modified") ?? false;
}

export function isModified({ modified }: Pick<TaskSummary, "modified">, part: ModifiedPart): boolean {
  return modified?.includes(part) ?? false;
}

/** What a response tells the sender. 20007 and 20008 say no to a copy alone. From 30005 on it is what was decided about a referral: neither yes nor no. */
export function answerWords({ level, code, positive }: Pick<GivenResponse, "level" | "code" | "positive">): string {
  if (isDecision({ level, code })) return "What has been decided?";
  if (copyCodes.has(code)) return "Had it come before? Yes.";
  return `${level === "infrastructure" ? "Did it arrive whole?" : "Is it for us?"} ${positive ? "Yes." : "No."}`;
}

/** ITK3: it had come before. */
const copyCodes: ReadonlySet<string> = new Set(["20007", "20008"]);

/**
 * By what the message says of itself, else by the mailbox that MESH says it came from; of a confidential document by
 * neither, since a mailbox is mostly named after its organisation.
 */
export function senderName({ sender, confidential }: Pick<TaskSummary, "sender" | "confidential">): string {
  if (confidential === true) return "Not shown: confidential";
  const { organisation, mailboxId } = sender;
  return organisation?.name ?? organisation?.odsCode ?? mailboxId ?? "Unknown sender";
}

/** Who a report goes to: the name of the organisation where it is known, and below it what MESH knows it by. */
export function recipientWords(recipient: ReportRecipient): string {
  return recipient.name ?? (recipient.kind === "registered-practice" ? registered : recipient.odsCode);
}

export function recipientDetails({ kind, name, odsCode, mailboxId }: ReportRecipient): string[] {
  return [
    ...(name !== undefined && odsCode !== undefined ? [odsCode] : []),
    ...(mailboxId === undefined ? [] : [mailboxId]),
    ...(name !== undefined && kind === "registered-practice" ? [registered] : []),
  ];
}

/** The same in one line. */
export function recipientLine(recipient: ReportRecipient): string {
  const details = recipientDetails(recipient);
  return details.length === 0 ? recipientWords(recipient) : `${recipientWords(recipient)} (${details.join(", ")})`;
}

const registered = "The patient’s registered practice";

/** What an unmatched message is, by its code where it has one. */
export function strayName({ kind, code }: Pick<Stray, "kind" | "code">): string {
  const name = kind === "mesh-report" ? "MESH report" : "Acknowledgement";
  return code ? `${name} ${code}` : name;
}

/** What an unmatched message is, and who it is from where no mailbox sent it. */
export function strayOrigin(stray: Pick<StrayDetail, "kind" | "linkedMessageId" | "event" | "code">): {
  what: string;
  from: string;
} {
  if (stray.kind === "response") return { what: "An acknowledgement, or something sent as one", from: "Not known" };
  const { linkedMessageId, event = "", code } = stray;
  return reportMaker({ linkedMessageId, event: statusEventOf(event), code }) === "mesh"
    ? { what: "MESH’s own report about a message", from: "MESH itself" }
    : { what: "A report of the MESH client here, about what MESH never had", from: "The MESH client here" };
}

export function reportKindWords(kind: SentReport["kind"]): string {
  return kind === "online-consultation" ? "Online consultation report" : "Consultation report";
}

/** What a person did, as a heading says it. */
export function actWords(act: PersonAct["act"]): string {
  return acts[act];
}

const acts: Readonly<Record<PersonAct["act"], string>> = {
  completed: "Marked as done",
  reopened: "Opened again",
  "dealt-with": "Marked as dealt with",
  undone: "Marked as needing attention again",
  answered: "Answered",
  "sent-again": "Sent again",
  assigned: "Assigned",
  "handed-back": "Handed back",
  prioritised: "Priority and due date set",
  commented: "Commented",
  "taken-back": "Taken back before it left",
  "save-asked": "Asked for it to be saved for the record system",
  "save-stopped": "Stopped the saving for the record system",
  matched: "Said what the patient is to this organisation",
};

export type FormAct = (typeof formActs)[number];

/** What a person may do by a form. */
export const formActs = [
  "complete",
  "reopen",
  "decide",
  "send-again",
  "deal-with",
  "undo",
  "match",
  "assign",
  "prioritise",
  "comment",
  "take-back",
  "save",
  "stop-saving",
] as const;

/** To a person whose form came after a change that they had not seen. */
export function changedWords(act: FormAct): string {
  return `This has changed since you opened it, so ${notDone[act]}. Below is how it stands now: look at what is new, and if it is still right, do it again.`;
}

const notDone: Readonly<Record<FormAct, string>> = {
  complete: "it was not marked as done",
  reopen: "it was not opened again",
  decide: "your answer was not sent",
  "send-again": "it was not sent again",
  "deal-with": "it was not marked as dealt with",
  undo: "it was not marked as needing attention again",
  assign: "it was not given to anybody or handed back",
  prioritise: "its priority and due date were not changed",
  comment: "your comment was not added",
  "take-back": "nothing was taken back",
  save: "it is not saved for the record system by this",
  "stop-saving": "its saving was not stopped",
  match: "what you decided about the patient was not stored, and nothing was sent",
};

/** What the system cannot do now, and since when. */
export function troubleWords({ part, mailboxId, since, reason, some }: SystemTrouble, now: Date): string {
  const words = troubleParts[part](mailboxId);
  const told = some === true ? `Some ${words[0]?.toLowerCase()}${words.slice(1)}` : words;
  return `${told} since\u00a0${moment(since, now)}: ${reason}`;
}

const troubleParts: Readonly<Record<SystemTrouble["part"], (mailbox?: string) => string>> = {
  collecting: (mailbox) => `Messages ${mailbox === undefined ? "" : `for ${mailbox} `}have not been collected`,
  "handing-over": (mailbox) =>
    `Messages ${mailbox === undefined ? "" : `from ${mailbox} `}have not been handed to MESH`,
  matching: () => "Patients have not been looked up",
  storing: () => "What happens has not been stored, so these pages may not show it,",
  filing: () => "Documents have not been saved for the record system",
  stuck: () => "The system has been busy with one look for messages",
};

/** What the system may say that it cannot do. */
export function troubleNames(): string[] {
  return Object.values(troubleParts).map((words) => `${words()} since a time: the reason.`);
}

/** The time alone on the day itself. */
function moment(at: Date, now: Date): string {
  return formatDay(at) === formatDay(now) ? formatHour(at) : formatTime(at).replaceAll(" ", "\u00a0");
}

/** A text in parts, of which some must not break over two lines: codes such as `EPL-153`. */
export function parts(text: string): { text: string; whole: boolean }[] {
  return text
    .split(/(\b[A-Z]{2,8}(?:-[A-Z0-9]{1,8}){1,3}\b)/)
    .map((part, index) => ({ text: part, whole: index % 2 === 1 }));
}
