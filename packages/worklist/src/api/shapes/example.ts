import type { ListShape } from "./common.ts";
import type { TaskShape } from "./task.ts";
import type { TaskDetailShape } from "./task-detail.ts";

// For the description of the API. Nobody in it is anybody.

const task: TaskShape = {
  taskId: 12,
  version: 7,
  href: "/api/tasks/12",
  kind: "document",
  state: "open",
  subject: "Consultation report for KOWALSKI, Ada (Ms), NHS Number 9992370820",
  title: "Consultation report",
  documentDate: "2026-11-23T07:40:00+00:00",
  consultedAt: "2026-11-23T07:10:00+00:00",
  sender: {
    mailboxId: "Y99001OT001",
    odsCode: "Y99001",
    organisation: "Exampleton GP Federation",
    practitioner: "Dr Priya Raman",
  },
  workflowId: "GPFED_CONSULT_REPORT",
  messageId: "20261123074122123456_000012",
  receivedAt: "2026-11-23T07:41:22.000Z",
  recipientType: "FA",
  patient: { match: "known", nhsNumber: "9992370820", name: "KOWALSKI, Ada (Ms)", dateOfBirth: "1980-03-12" },
  notices: [],
  modified: [],
  work: { assignee: { kind: "team", id: "Reception", name: "Reception" } },
  flags: [],
  findingCount: 0,
  attachmentCount: 1,
};

export const tasksExample: ListShape<TaskShape> = { total: 1, page: 1, size: 50, items: [task] };

export const taskExample: TaskDetailShape = {
  ...task,
  headerId: "5f1d2c3b-0000-4000-8000-000000000001",
  documentId: "5f1d2c3b-0000-4000-8000-000000000002",
  next: [],
  filedEarlier: [],
  findings: [],
  attachments: [
    {
      index: 0,
      title: "Consultation report",
      contentType: "application/pdf",
      fileType: "application/pdf",
      bytes: 48_213,
      primary: true,
      href: "/api/tasks/12/attachments/0",
    },
  ],
  decisions: [],
  responses: [],
  duplicates: [],
  alike: [],
  versions: [],
  acts: [],
};
