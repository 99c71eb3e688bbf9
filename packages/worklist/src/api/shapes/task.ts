import type { Assignee, PatientMatch, Sender, TaskSummary, TaskWork } from "@restante/practice";
import { list, object, oneOf, optional, text, type Needed, type PropertiesOf } from "@restante/settings";
import { asNhsNumber, count, instant, nhsNumber, trueIfSo, words } from "../kinds.ts";
import { given, matter, matterOf, type MatterShape, person, type PersonShape, personOf } from "./common.ts";

export interface PatientShape {
  match: string;
  doubt?: string;
  matchedAt?: string;
  matchedBy?: PersonShape;
  nhsNumber?: string;
  nhsNumberAsSent?: string;
  name?: string;
  dateOfBirth?: string;
}

const patient = object<PatientShape>(
  {
    match: text({
      description:
        "Whether it is one of ours: known, recently-deceased, no-longer-here, not-known; doubtful: a person is to decide; waiting: not looked up yet; not-checked.",
    }),
    doubt: optional(text({ description: "Why the register does not settle it." })),
    matchedAt: optional(instant("When a person said so.")),
    matchedBy: optional(person),
    nhsNumber: optional(nhsNumber("Ten figures, of which the last is the check digit.")),
    nhsNumberAsSent: optional(words("What the message has in its place, which is no NHS number.")),
    name: optional(words("FAMILY, Given (Prefix).")),
    dateOfBirth: optional(words("An ISO date, possibly without its day or month.")),
  },
  { description: "Who the message says its patient is." },
);

function patientOf({ outcome, doubt, byHand, nhsNumber: sent, name, dateOfBirth }: PatientMatch): PatientShape {
  const number = asNhsNumber(sent);
  return {
    match: outcome,
    ...given("doubt", doubt),
    ...(byHand && { matchedAt: byHand.at.toISOString(), matchedBy: personOf(byHand.by) }),
    ...given("nhsNumber", number),
    ...given("nhsNumberAsSent", number === undefined ? sent : undefined),
    ...given("name", name),
    ...given("dateOfBirth", dateOfBirth),
  };
}

export interface SenderShape {
  mailboxId?: string;
  odsCode?: string;
  organisation?: string;
  phone?: string;
  practitioner?: string;
}

const sender = object<SenderShape>(
  {
    mailboxId: optional(text({ description: "The mailbox that MESH says sent it." })),
    odsCode: optional(words("What the message says. Shown, never trusted for an answer.")),
    organisation: optional(words("Its name, as the message says.")),
    phone: optional(words("Its number, as the message says. Nobody has checked it.")),
    practitioner: optional(words("Who wrote it, as the message says.")),
  },
  { description: "Who sent it. Of a confidential document its mailbox alone." },
);

function senderOf({ mailboxId, organisation, practitioner }: Sender): SenderShape {
  return {
    ...given<"mailboxId", string | undefined>("mailboxId", mailboxId),
    ...given("odsCode", organisation?.odsCode),
    ...given("organisation", organisation?.name),
    ...given("phone", organisation?.phone),
    ...given("practitioner", practitioner),
  };
}

export interface AssigneeShape {
  kind: Assignee["kind"];
  id: string;
  name: string;
}

export const assignee: Needed<AssigneeShape> = object<AssigneeShape>(
  {
    kind: oneOf(["person", "team"], { description: "A person, or a team." }),
    id: text({ description: "By which it is assigned." }),
    name: words("As people are shown it."),
  },
  { description: "Who is to deal with it." },
);

export interface WorkShape {
  assignee?: AssigneeShape;
  priority?: "urgent";
  dueOn?: string;
  reason?: string;
  openedAt?: string;
}

const work = object<WorkShape>(
  {
    assignee: optional(assignee),
    priority: optional(oneOf(["urgent"], { description: "Absent: it has its turn." })),
    dueOn: optional(text({ description: "An ISO date: the day by whose end it is to be dealt with." })),
    reason: optional(text({ description: "Why it is completed: as for /complete." })),
    openedAt: optional(
      instant("When a person who may act first opened it on the pages. Absent: nobody has; a program opens nothing."),
    ),
  },
  { description: "What people and programs set about it." },
);

function workOf({ assignee: to, priority, dueOn, reason, openedAt }: TaskWork): WorkShape {
  return {
    ...given("assignee", to && { kind: to.kind, id: to.id, name: to.name }),
    ...given("priority", priority),
    ...given("dueOn", dueOn),
    ...given("reason", reason),
    ...given("openedAt", openedAt?.toISOString()),
  };
}

interface NoticeShape {
  kind: "modified" | "not-shown";
  text: string;
  about: { what: string; count: number }[];
}

export interface TaskShape {
  taskId: number;
  version: number;
  href: string;
  kind: TaskSummary["kind"];
  refusedFor?: string;
  refusedWith?: string;
  state: TaskSummary["state"];
  subject: string;
  title?: string;
  documentDate?: string;
  consultedAt?: string;
  sender: SenderShape;
  workflowId: string;
  messageId: string;
  receivedAt: string;
  completedAt?: string;
  recipientType?: "FA" | "FI";
  patient: PatientShape;
  notices: NoticeShape[];
  modified: string[];
  confidential?: true;
  work: WorkShape;
  flags: string[];
  findingCount: number;
  attachmentCount: number;
  attention?: string;
  matter?: MatterShape;
}

export const taskProperties: PropertiesOf<TaskShape> = {
  taskId: count("Which task."),
  version: count("Grows with every change that a person would want to know of before they act."),
  href: text({ description: "Where all of it is." }),
  kind: oneOf(["document", "refused", "set-aside"], {
    description: "A document; a message that was not accepted; what is no document message.",
  }),
  refusedFor: optional(
    text({ description: "What a refused message was refused for: itself, the strictness, or its kind." }),
  ),
  refusedWith: optional(
    text({ description: "The code by which its sender was told so. Absent of a refused message: they were not told." }),
  ),
  state: oneOf(["open", "completed", "replaced", "removed"], {
    description: "To be dealt with; dealt with; a later version has come; gone by its age.",
  }),
  subject: words("The subject that the sender gave. It names the patient."),
  title: optional(words("What the document is called.")),
  documentDate: optional(words("The date of the document, an ISO date.")),
  consultedAt: optional(words("When the patient was seen, as the document says: an ISO date, with a time or without.")),
  sender,
  workflowId: text({ description: "The MESH workflow." }),
  messageId: text({ description: "The id that MESH gave the message." }),
  receivedAt: instant("When it was received."),
  completedAt: optional(instant("When it was completed.")),
  recipientType: optional(
    oneOf(["FA", "FI"], { description: "For action (FA) or for information (FI); what could not be read is FA." }),
  ),
  patient,
  notices: list(
    object<NoticeShape>(
      {
        kind: oneOf(["modified", "not-shown"], { description: "A person must look; or something cannot be shown." }),
        text: words("For people."),
        about: list(
          object<NoticeShape["about"][number]>(
            { what: words("In words, without a value of the message."), count: count("How many there are.") },
            { description: "A kind of thing." },
          ),
          { description: "What it is about." },
        ),
      },
      { description: "What whoever opens it must be told before anything else." },
    ),
    { description: "A program that files the document must see that a person reads these." },
  ),
  modified: list(text({ description: "patient, sender, document or handling." }), {
    description: "The parts whose meaning something that is not known here may change: do not rely on them.",
  }),
  confidential: trueIfSo("Who sent it is not shown."),
  work,
  flags: list(text({ description: "replacement, duplicate, potential-duplicate or matched-by-hand." }), {
    description: "Its tags.",
  }),
  findingCount: count("Where it departs from the requirements."),
  attachmentCount: count("How many files it has."),
  attention: optional(words("What went wrong about it that nobody has dealt with.")),
  matter: optional(matter),
};

export const taskSchema: Needed<TaskShape> = object<TaskShape>(taskProperties, { description: "A task." });

export function taskOf(task: TaskSummary): TaskShape {
  const {
    taskId,
    version,
    kind,
    refusedFor,
    refusedWith,
    state,
    subject,
    title,
    documentDate,
    consultedAt,
    workflowId,
    messageId,
  } = task;
  const { receivedAt, completedAt, recipientType, notices = [], modified = [], confidential, work: set } = task;
  return {
    taskId,
    version,
    href: `/api/tasks/${taskId}`,
    kind,
    ...given("refusedFor", refusedFor),
    ...given("refusedWith", refusedWith),
    state,
    subject,
    ...given("title", title),
    ...given("documentDate", documentDate),
    ...given("consultedAt", consultedAt),
    sender: senderOf(task.sender),
    workflowId,
    messageId,
    receivedAt: receivedAt.toISOString(),
    ...given("completedAt", completedAt?.toISOString()),
    ...given("recipientType", recipientType),
    patient: patientOf(task.patient),
    notices: notices.map((notice) => ({ kind: notice.kind, text: notice.text, about: [...notice.about] })),
    modified: [...modified],
    ...(confidential === true && { confidential }),
    work: workOf(set ?? {}),
    flags: [...task.flags],
    findingCount: task.findingCount,
    attachmentCount: task.attachmentCount,
    ...given("attention", task.attention),
    ...given("matter", task.matter && matterOf(task.matter)),
  };
}
