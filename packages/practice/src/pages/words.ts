import type {
  GivenResponse,
  HandOverState,
  PatientMatch,
  ReportRecipient,
  ReportState,
  SentReport,
  TaskFinding,
  TaskSummary,
} from "../worklist.ts";

/** A short word with its colour (nhsuk-frontend, Tag), and a sentence for who wants to know more. */
export interface Tag {
  text: string;
  colour: "grey" | "green" | "blue" | "purple" | "red" | "orange" | "yellow" | "white";
  meaning: string;
}

/** Where the task stands, the one thing a person must see first. */
export function taskTag(task: Pick<TaskSummary, "kind" | "state">): Tag {
  if (task.state === "completed") return { text: "Done", colour: "green", meaning: "A person has dealt with it." };
  if (task.state === "replaced") {
    return { text: "Replaced", colour: "grey", meaning: "A later version has arrived and is a task of its own." };
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

export function matchTag({ outcome }: PatientMatch): Tag {
  return matchTags[outcome];
}

const matchTags: Readonly<Record<PatientMatch["outcome"], Tag>> = {
  known: { text: "Registered here", colour: "green", meaning: "The patient is registered with this organisation." },
  "recently-deceased": {
    text: "Registered here, has died",
    colour: "purple",
    meaning: "The patient was registered with this organisation and has died within the last six months.",
  },
  "no-longer-here": {
    text: "No longer registered here",
    colour: "orange",
    meaning: "The patient was registered with this organisation, and is not now.",
  },
  "not-known": {
    text: "Not our patient",
    colour: "red",
    meaning: "The patient is not registered with this organisation.",
  },
  waiting: {
    text: "Looking up",
    colour: "yellow",
    meaning: "The patient's record could not be read yet. It is tried again by itself.",
  },
  "not-checked": { text: "Not looked up", colour: "white", meaning: "No register was searched for this patient." },
};

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
  failed: { text: "Not sent", colour: "red", meaning: "It was refused and has not been sent." },
  returned: { text: "Returned", colour: "red", meaning: "MESH could not deliver it." },
  received: {
    text: "Arrived",
    colour: "blue",
    meaning: "The recipient has it whole, and has not yet said whether it is for them.",
  },
  accepted: { text: "Accepted", colour: "green", meaning: "The recipient has it, and it is for them." },
  refused: { text: "Refused", colour: "red", meaning: "The recipient has refused it." },
};

const severities: Readonly<Record<TaskFinding["severity"], Tag>> = {
  error: { text: "Must", colour: "red", meaning: "The message breaks a requirement." },
  warning: { text: "Should", colour: "orange", meaning: "The message departs from what is recommended." },
  information: { text: "Note", colour: "grey", meaning: "Worth knowing." },
};

export function severityTag(severity: TaskFinding["severity"]): Tag {
  return severities[severity];
}

/** What a response tells the sender. From 30005 on it is what was decided about a referral: neither yes nor no. */
export function answerWords({ level, code, positive }: Pick<GivenResponse, "level" | "code" | "positive">): string {
  if (level === "business" && Number(code) >= 30005) return "What has been decided?";
  return `${level === "infrastructure" ? "Did it arrive whole?" : "Is it for us?"} ${positive ? "Yes." : "No."}`;
}

/**
 * By what the message says of itself, else by the mailbox that MESH says it came from; of a confidential document by
 * neither, since a mailbox is mostly named after its organisation.
 */
export function senderName({ sender, confidential }: Pick<TaskSummary, "sender" | "confidential">): string {
  if (confidential === true) return "Not shown: confidential";
  const { organisation, mailboxId } = sender;
  return organisation?.name ?? organisation?.odsCode ?? mailboxId ?? "Unknown sender";
}

export function recipientWords(recipient: ReportRecipient): string {
  return recipient.kind === "registered-practice" ? "The patient's registered practice" : recipient.odsCode;
}

export function reportKindWords(kind: SentReport["kind"]): string {
  return kind === "online-consultation" ? "Online consultation report" : "Consultation report";
}

/** By the clocks of the United Kingdom, such as `23 Nov 2026, 07:41`. */
export function time(moment: Date): string {
  return timeFormat.format(moment);
}

const timeFormat = new Intl.DateTimeFormat("en-GB", {
  timeZone: "Europe/London",
  day: "numeric",
  month: "short",
  year: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
});

/** An ISO date, whole or in part, such as `14 Mar 1979`, `Mar 1979` or `1979`. What is not one stays as it is. */
export function date(isoDate: string): string {
  const parts = /^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?/.exec(isoDate);
  if (parts === null) return isoDate;
  const [, year = "", month, day] = parts;
  const name = month === undefined ? undefined : months[Number(month) - 1];
  return [day === undefined ? undefined : String(Number(day)), name, year]
    .filter((part) => part !== undefined)
    .join(" ");
}

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

export function size(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`;
  const [amount, unit] = bytes < 1_000_000 ? [bytes / 1000, "kB"] : [bytes / 1_000_000, "MB"];
  return `${amount.toLocaleString("en-GB", { maximumFractionDigits: amount < 10 ? 1 : 0 })} ${unit}`;
}
