import type { DatabaseSync } from "node:sqlite";
import type { DocumentUseCase } from "@restante/itk3";
import { json, present } from "../queries/rows.ts";
import type { PracticeOrganisation } from "../options.ts";
import type { MessageSummary } from "../store/tasks.ts";
import type { WaitingFiling } from "../store/filings.ts";
import type { Task, TaskFinding } from "../worklist.ts";

/** A file beside metadata.json. */
export interface SavedFile {
  name: string;
  /** `report`: the document's own; `message`: the message as it was received. */
  role: "report" | "attachment" | "message";
  /** As its sender calls it: may name the patient. */
  title?: string;
  /** What its sender says that it is, and what it is by its first bytes: null where that is not known. */
  mediaTypeClaimed?: string;
  mediaType: string | null;
  bytes: number;
  /** Hexadecimal. */
  sha256: string;
  damaged?: true;
  repaired?: true;
  modified?: true;
}

/** What reading the message once more says of the document. */
export interface DocumentIdentity {
  setId?: string;
  kind?: DocumentUseCase;
  replaces?: string[];
}

/** What metadata.json says: docs/filing.md. What is not known, or not shown here, is absent. */
export function metadataOf(
  { database, organisation }: { database: DatabaseSync; organisation: PracticeOrganisation },
  {
    task,
    filing,
    writtenAt,
    identity,
    files,
  }: { task: Task; filing: WaitingFiling; writtenAt: Date; identity: DocumentIdentity; files: readonly SavedFile[] },
): object {
  const { confidential, sender, patient, work } = task;
  const said = summaryOf(database, task.taskId).patient;
  return {
    format: "restante-filing",
    formatVersion: 1,
    folder: filing.folder,
    organisation: { odsCode: organisation.odsCode, name: organisation.name },
    saved: { at: writtenAt, askedAt: filing.askedAt, by: { id: filing.by.id, name: filing.by.name } },
    task: present({
      id: task.taskId,
      receivedAt: task.receivedAt,
      completedAt: task.completedAt,
      completedFor: work?.reason,
      recipientType: task.recipientType,
      replacedByTask: task.replacedBy,
      replacesTask: task.replaces,
    }),
    message: present({
      meshMessageId: task.messageId,
      headerId: task.headerId,
      workflowId: task.workflowId,
      subject: task.subject === "" ? undefined : task.subject,
    }),
    document: present({
      id: task.documentId,
      setId: identity.setId,
      version: versionIn(task.subject),
      kind: identity.kind,
      title: task.title,
      date: task.documentDate,
      consultedAt: task.consultedAt,
      confidential,
      replaces: identity.replaces,
    }),
    patient: present({
      nhsNumber: patient.nhsNumber,
      family: said?.family,
      given: said?.given,
      prefix: said?.prefix,
      birthDate: patient.dateOfBirth,
      match: present({
        outcome: patient.outcome,
        doubt: patient.doubt,
        decidedAt: patient.byHand?.at,
        decidedBy: patient.byHand?.by,
      }),
    }),
    ...(confidential !== true && {
      sender: present({
        odsCode: sender.organisation?.odsCode,
        name: sender.organisation?.name,
        practitioner: sender.practitioner,
        mailbox: sender.mailboxId,
      }),
    }),
    mustLook: task.modified ?? [],
    findings: countsOf(task.findings),
    files,
  };
}

/** As they were read when the message was taken in: with the parts of a name apart. */
function summaryOf(database: DatabaseSync, taskId: number): MessageSummary {
  const row = database.prepare("SELECT summary FROM task WHERE task_id = ?").get(taskId);
  return row === undefined ? {} : (json(row, "summary") as MessageSummary);
}

/** The one place of a message that has it in a form of its own: GP Connect Messaging, Subject. */
function versionIn(subject: string): string | undefined {
  return /\bVersion:? ([\w.-]{1,20})$/i.exec(subject)?.[1];
}

/** Without where they are, which may quote the message. */
function countsOf(
  findings: readonly TaskFinding[],
): { id: string; severity: TaskFinding["severity"]; count: number }[] {
  const counts = new Map<string, { id: string; severity: TaskFinding["severity"]; count: number }>();
  for (const { id, severity } of findings) {
    const counted = counts.get(`${severity} ${id}`) ?? { id, severity, count: 0 };
    counted.count += 1;
    counts.set(`${severity} ${id}`, counted);
  }
  return [...counts.values()];
}
