import type { Decision, GivenResponse, Task, TaskFiling } from "@restante/practice";
import { flag, list, object, oneOf, optional, text, type Needed } from "@restante/settings";
import { count, instant, trueIfSo, words } from "../kinds.ts";
import {
  type ActShape,
  acts,
  actsOf,
  attachments,
  type AttachmentShape,
  attachmentsOf,
  given,
  person,
  personOf,
  type PersonShape,
} from "./common.ts";
import { refusedNext } from "../../words/refused-tasks.ts";
import { taskOf, taskProperties, type TaskShape } from "./task.ts";

export interface ResponseShape {
  headerId: string;
  copy?: string;
  level: string;
  code: string;
  text: string;
  positive: boolean;
  to: string;
  state: string;
  builtAt: string;
  sentAt?: string;
  undoableUntil?: string;
  messageId?: string;
  problem?: string;
}

const response = object<ResponseShape>(
  {
    headerId: text({ description: "Its own id." }),
    copy: optional(words("The message in which it came again, where this answers that one.")),
    level: text({ description: "infrastructure or business." }),
    code: text({ description: "The ITK3 response code, such as 20013 or 30001." }),
    text: words("What the code means."),
    positive: flag({ description: "Whether the code is a good one." }),
    to: text({ description: "The mailbox it goes to." }),
    state: text({ description: "built, handed-over, sent, held, failed, returned or refused." }),
    builtAt: instant("When it was made."),
    sentAt: optional(instant("When MESH had it.")),
    undoableUntil: optional(instant("Until then it may be taken back; then it leaves.")),
    messageId: optional(text({ description: "The id that MESH gave it." })),
    problem: optional(words("Why it is held, failed, returned or refused.")),
  },
  { description: "An answer that this organisation gave, or is about to give." },
);

export function responseOf(given_: GivenResponse): ResponseShape {
  const { headerId, copy, level, code, text: says, positive, to, state, builtAt, sentAt, undoableUntil } = given_;
  const { messageId, problem } = given_;
  return {
    headerId,
    ...given<"copy", string | undefined>("copy", copy),
    level,
    code,
    text: says,
    positive,
    to,
    state,
    builtAt: builtAt.toISOString(),
    ...given("sentAt", sentAt?.toISOString()),
    ...given("undoableUntil", undoableUntil?.toISOString()),
    ...given<"messageId", string | undefined>("messageId", messageId),
    ...given("problem", problem),
  };
}

interface FilingShape {
  state: TaskFiling["state"];
  folder: string;
  askedAt: string;
  by: PersonShape;
  savedAt?: string;
  digest?: string;
  failure?: string;
  inDoubt?: true;
}

const filing = object<FilingShape>(
  {
    state: oneOf(["waiting", "saved", "failed"], { description: "failed: it is tried again until somebody stops it." }),
    folder: text({ description: "What the folder is called: nothing of a patient." }),
    askedAt: instant("When it was asked for."),
    by: person,
    savedAt: optional(instant("When it was there, whole.")),
    digest: optional(
      text({ description: "SHA-256 of its metadata.json, which has those of all its files; in hexadecimal." }),
    ),
    failure: optional(words("What failed last, and what helps.")),
    inDoubt: trueIfSo("Whether the record system has it cannot be told: it is not saved again before a person looked."),
  },
  { description: "How a saving of the document for a record system stands." },
);

function filingOf({ state, folder, askedAt, by, savedAt, digest, failure, inDoubt }: TaskFiling): FilingShape {
  return {
    state,
    folder,
    askedAt: askedAt.toISOString(),
    by: personOf(by),
    ...given("savedAt", savedAt?.toISOString()),
    ...given("digest", digest),
    ...given("failure", failure),
    ...(inDoubt && { inDoubt }),
  };
}

interface FindingShape {
  id: string;
  severity: Task["findings"][number]["severity"];
  location: string;
  text: string;
}

interface DuplicateShape {
  messageId: string;
  receivedAt: string;
  code: string;
}

interface TaskVersionShape {
  taskId: number;
  state: string;
  receivedAt: string;
  documentDate?: string;
  replacedBy?: number;
}

interface DecisionShape {
  code: string;
  text: string;
  positive: boolean;
}

interface RemovedShape {
  messageAt: string;
  at?: string;
}

export interface TaskDetailShape extends TaskShape {
  reason?: string;
  next: string[];
  headerId?: string;
  documentId?: string;
  removed?: RemovedShape;
  filing?: FilingShape;
  filedEarlier: FilingShape[];
  findings: FindingShape[];
  attachments: AttachmentShape[];
  decisions: DecisionShape[];
  responses: ResponseShape[];
  duplicates: DuplicateShape[];
  alike: number[];
  replaces?: number;
  replacedBy?: number;
  versions: TaskVersionShape[];
  moreVersions?: true;
  acts: ActShape[];
}

export const taskDetailSchema: Needed<TaskDetailShape> = object<TaskDetailShape>(
  {
    ...taskProperties,
    reason: optional(words("Why it was not accepted, or set aside.")),
    next: list(words("In a sentence or two."), {
      description:
        "Of a message that was not accepted, or set aside: what a person is told to do, in this order, in words that may change.",
    }),
    headerId: optional(words("The id of the message, as its sender gave it.")),
    documentId: optional(words("The id of the document, as its sender gave it.")),
    removed: optional(
      object<RemovedShape>(
        { messageAt: instant("When the message went."), at: optional(instant("When all else went.")) },
        { description: "What a retention took away." },
      ),
    ),
    filing: optional(filing),
    filedEarlier: list(filing, { description: "What was saved of it before." }),
    findings: list(
      object<FindingShape>(
        {
          id: text({ description: "The requirement." }),
          severity: oneOf(["error", "warning", "look"], { description: "look: no departure; a person must look." }),
          location: words("Where in the message."),
          text: words("In words."),
        },
        { description: "A departure from the requirements, or what a person must look at." },
      ),
      { description: "All of them." },
    ),
    attachments,
    decisions: list(
      object<DecisionShape>(
        {
          code: text({ description: "What /decide takes." }),
          text: words("What it means."),
          positive: flag({ description: "Whether it is a good answer." }),
        },
        { description: "A business answer that may still be given." },
      ),
      { description: "None where one was given, or none is asked for." },
    ),
    responses: list(response, { description: "The answers to its sender, and those to copies that went wrong." }),
    duplicates: list(
      object<DuplicateShape>(
        {
          messageId: text({ description: "The id that MESH gave it." }),
          receivedAt: instant("When it came."),
          code: text({ description: "What it was answered: 20007 or 20008." }),
        },
        { description: "It came once more." },
      ),
      { description: "The first 50." },
    ),
    alike: list(count("A task."), {
      description: "The tasks of documents that say the same of the same patient and encounter, with other ids.",
    }),
    replaces: optional(count("The task of the document that this one replaces.")),
    replacedBy: optional(count("The task of the document that replaces this one.")),
    versions: list(
      object<TaskVersionShape>(
        {
          taskId: count("Its task."),
          state: text({ description: "As that of a task." }),
          receivedAt: instant("When it was received."),
          documentDate: optional(words("Its date.")),
          replacedBy: optional(count("The task of the one that replaced it.")),
        },
        { description: "A version of the document." },
      ),
      { description: "All that are tasks, this one among them; none where there is no other. 50 at most." },
    ),
    moreVersions: trueIfSo("There are more versions."),
    acts,
  },
  { description: "A task, with all that is known of it." },
);

export function taskDetailOf(task: Task, decisions: readonly Decision[]): TaskDetailShape {
  const { reason, headerId, documentId, removed, replaces, replacedBy, moreVersions } = task;
  const { messageAt, at } = removed ?? {};
  return {
    ...taskOf(task),
    ...given("reason", reason),
    next: [...refusedNext(task)],
    ...given("headerId", headerId),
    ...given("documentId", documentId),
    ...(messageAt !== undefined && {
      removed: { messageAt: messageAt.toISOString(), ...given("at", at?.toISOString()) },
    }),
    ...given("filing", task.filing && filingOf(task.filing)),
    filedEarlier: (task.filedEarlier ?? []).map(filingOf),
    findings: task.findings.map(({ id, severity, location, text: says }) => ({ id, severity, location, text: says })),
    attachments: attachmentsOf(`/api/tasks/${task.taskId}`, task.attachments),
    decisions: decisions.map(({ code, text: says, positive }) => ({ code, text: says, positive })),
    responses: task.responses.map(responseOf),
    duplicates: task.duplicates.map(({ messageId, receivedAt, code }) => ({
      messageId,
      receivedAt: receivedAt.toISOString(),
      code,
    })),
    alike: [...task.alike],
    ...given("replaces", replaces),
    ...given("replacedBy", replacedBy),
    versions: task.versions.map(({ taskId, state, receivedAt, documentDate, replacedBy: by }) => ({
      taskId,
      state,
      receivedAt: receivedAt.toISOString(),
      ...given("documentDate", documentDate),
      ...given("replacedBy", by),
    })),
    ...(moreVersions && { moreVersions }),
    acts: actsOf(task.acts),
  };
}
