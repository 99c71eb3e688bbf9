import type { DatabaseSync } from "node:sqlite";
import { DemographicsError, patientStanding, type PatientStanding } from "@restante/demographics";
import { isNhsNumber, type MessageId } from "@restante/mesh";
import type { PracticeContext } from "../context.ts";
import { isOfTheSystem } from "../errors.ts";
import { inTransaction } from "../store/database.ts";
import type { MessageSummary } from "../store/tasks.ts";
import { readMailbox, storeResponse, type Verdict } from "./respond.ts";

/** What each standing is answered with (ITK3 2.10.0). Diagnostics name nobody. */
const answers: Readonly<Record<PatientStanding, Verdict>> = {
  known: { code: "30001", diagnostics: "The patient is registered here." },
  "not-known": { code: "30002", diagnostics: "The patient is not known here." },
  "no-longer-here": { code: "30003", diagnostics: "The patient is no longer registered here." },
  "recently-deceased": { code: "30004", diagnostics: "The patient was registered here and has recently died." },
};

/**
 * Looks every waiting document's patient up, and answers at business level where that is asked for. One transaction a
 * document: the outcome and its response are stored together or not at all. Where demographics cannot be reached, the
 * documents wait, their infrastructure response already on its way; trouble with one patient does not stop the others.
 *
 * True: more are waiting.
 */
export async function matchPatients(context: PracticeContext, signal?: AbortSignal): Promise<boolean> {
  const { database, tuning } = context;
  const waiting = waitingTasks(database, tuning.batchSize);
  const failures: unknown[] = [];
  for (const task of waiting) {
    signal?.throwIfAborted();
    try {
      const standing = await standingOf(context, task.summary, signal);
      inTransaction(database, () => storeMatch(context, task, standing));
    } catch (error) {
      failures.push(error);
      if (isOfTheSystem(error) || (error instanceof DemographicsError && error.code === "unavailable")) break;
    }
  }
  if (failures.length > 0) throw failures[0];
  return waiting.length === tuning.batchSize;
}

interface WaitingTask {
  taskId: number;
  messageId: MessageId;
  from: string | undefined;
  workflowId: string;
  headerId: string | undefined;
  businessAsked: boolean;
  summary: MessageSummary;
}

function waitingTasks(database: DatabaseSync, limit: number): WaitingTask[] {
  return database
    .prepare(
      `SELECT task_id, message_id, from_mailbox, workflow_id, header_id, business_asked, summary
       FROM task JOIN received USING (message_id) WHERE match_due = 1 ORDER BY task_id LIMIT ?`,
    )
    .all(limit)
    .map((row) => ({
      taskId: row["task_id"] as number,
      messageId: row["message_id"] as MessageId,
      from: (row["from_mailbox"] as string | null) ?? undefined,
      workflowId: row["workflow_id"] as string,
      headerId: (row["header_id"] as string | null) ?? undefined,
      businessAsked: row["business_asked"] === 1,
      summary: JSON.parse(row["summary"] as string) as MessageSummary,
    }));
}

async function standingOf(
  { patients, organisation, clock }: PracticeContext,
  { patient }: MessageSummary,
  signal?: AbortSignal,
): Promise<PatientStanding> {
  const nhsNumber = patient?.nhsNumber;
  if (nhsNumber === undefined || !isNhsNumber(nhsNumber)) return "not-known";
  const record = await patients.find(nhsNumber, signal);
  const today = clock.now().toISOString().slice(0, 10);
  return patientStanding(record, organisation.odsCode, today, {
    dateOfBirth: patient?.dateOfBirth,
    family: patient?.family,
    given: patient?.given,
  });
}

function storeMatch(context: PracticeContext, task: WaitingTask, standing: PatientStanding): void {
  const { changes } = context.database
    .prepare("UPDATE task SET match_outcome = ?, match_due = 0 WHERE task_id = ? AND match_due = 1")
    .run(standing, task.taskId);
  const from = readMailbox(task.from);
  if (changes === 0 || !task.businessAsked || from === undefined) return;
  const { messageId, workflowId, headerId, summary } = task;
  const request = { messageId, from, workflowId, headerId, senderReference: summary.senderReference };
  storeResponse(context, request, "business", answers[standing]);
}
