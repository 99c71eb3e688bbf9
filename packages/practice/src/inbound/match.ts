import type { DatabaseSync } from "node:sqlite";
import {
  agreesInAll,
  DemographicsError,
  isSamePatient,
  type PatientRecord,
  patientStanding,
} from "@restante/demographics";
import { inTransaction } from "@restante/durable";
import { isNhsNumber, lastingTroubles, type MessageId } from "@restante/mesh";
import type { PracticeContext } from "../context.ts";
import { codeOf, isOfTheSystem, reasonOf } from "../errors.ts";
import { retryAt } from "../hand-over/retry.ts";
import type { MatchDoubt, MatchVerdict } from "../matching.ts";
import { noteDoubt } from "../store/match-decisions.ts";
import type { MessageSummary, PatientSummary } from "../store/tasks.ts";
import { isDueAt, type Progress } from "../work.ts";
import { readMailbox, storeResponse, type Verdict } from "./respond.ts";

/** What each standing is answered with (ITK3 2.10.0). Diagnostics name nobody. */
export const matchAnswers: Readonly<Record<MatchVerdict, Verdict>> = {
  known: { code: "30001", diagnostics: "The patient is registered here." },
  "not-known": { code: "30002", diagnostics: "The patient is not known here." },
  "no-longer-here": { code: "30003", diagnostics: "The patient is no longer registered here." },
  "recently-deceased": { code: "30004", diagnostics: "The patient was registered here and has recently died." },
};

/** Looks up the patients of the documents that wait for it. */
export interface Matching {
  readonly run: (signal?: AbortSignal) => Promise<Progress>;
}

/**
 * Looks every waiting document's patient up, and answers at business level where that is asked for; or, where the register
 * does not settle it and a person is to (`queue`), leaves both to them. One transaction a document: the outcome and its
 * response are stored together or not at all. Where demographics cannot be reached, the
 * documents wait, their infrastructure response already on its way. One whose patient cannot be looked up waits alone, a
 * growing time and for as long as it takes: those behind it have their turn.
 *
 * @throws what keeps all of them waiting: DemographicsError "unavailable", or trouble of this machine
 */
export function createMatching(context: PracticeContext): Matching {
  const { database, tuning, clock, emit, organisation } = context;
  const { odsCode } = organisation;
  const failed = new Map<number, { times: number; dueAt: Date; code: string; reason: string }>();
  const troubles = lastingTroubles(clock);

  async function match(task: WaitingTask, signal?: AbortSignal): Promise<void> {
    const { taskId } = task;
    try {
      const match = await lookUp(context, task.summary, signal);
      inTransaction(database, () => storeMatch(context, task, match));
      failed.delete(taskId);
      const trouble = troubles.over(String(taskId));
      if (trouble !== undefined) emit({ event: "work-resumed", odsCode, work: "matching", taskId, ...trouble });
    } catch (error) {
      signal?.throwIfAborted();
      if (isOfTheSystem(error) || (error instanceof DemographicsError && error.code === "unavailable")) throw error;
      const times = failed.get(taskId)?.times ?? 0;
      const [code, reason] = [codeOf(error), reasonOf(error)];
      failed.set(taskId, { times: times + 1, dueAt: retryAt(clock.now(), times, tuning.retryAfterMs), code, reason });
      const trouble = troubles.met(String(taskId), code);
      if (trouble === undefined) return;
      emit({ event: "work-held-up", odsCode, work: "matching", taskId, code, reason, ...trouble });
    }
  }

  return {
    async run(signal) {
      let tried = 0;
      for (let after = 0; ;) {
        const page = waitingTasks(database, after, tuning.batchSize);
        for (const task of page) {
          signal?.throwIfAborted();
          after = task.taskId;
          if (!isDueAt(failed.get(task.taskId)?.dueAt, clock.now())) continue;
          await match(task, signal);
          tried += 1;
          if (tried === tuning.batchSize) break;
        }
        if (tried === tuning.batchSize || page.length < tuning.batchSize) break;
      }
      const [first] = failed.values();
      return {
        more: tried === tuning.batchSize,
        ...(first && { trouble: { code: first.code, reason: first.reason } }),
      };
    },
  };
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

function waitingTasks(database: DatabaseSync, after: number, limit: number): WaitingTask[] {
  return database
    .prepare(
      `SELECT task_id, message_id, from_mailbox, workflow_id, header_id, business_asked, summary
       FROM task JOIN received USING (message_id) WHERE match_due = 1 AND task_id > ? ORDER BY task_id LIMIT ?`,
    )
    .all(after, limit)
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

interface Match {
  /** As far as the register says. */
  standing: MatchVerdict;
  doubt?: MatchDoubt | undefined;
}

async function lookUp(
  { patients, organisation, clock }: PracticeContext,
  { patient, modified = [] }: MessageSummary,
  signal?: AbortSignal,
): Promise<Match> {
  const nhsNumber = patient?.nhsNumber;
  if (nhsNumber === undefined) return { standing: "not-known", doubt: "no-number" };
  if (!isNhsNumber(nhsNumber)) return { standing: "not-known", doubt: "wrong-number" };
  const record = await patients.find(nhsNumber, signal);
  const today = clock.now().toISOString().slice(0, 10);
  return {
    standing: patientStanding(record, organisation.odsCode, today, patient ?? {}),
    doubt: doubtOf(record, patient ?? {}, modified.includes("patient")),
  };
}

function doubtOf(
  record: PatientRecord | undefined,
  patient: PatientSummary,
  mayDiffer: boolean,
): MatchDoubt | undefined {
  if (record === undefined) return "not-found";
  if (!isSamePatient(record, patient)) return "details-differ";
  if (mayDiffer) return "may-differ";
  return agreesInAll(record, patient) ? undefined : "differs-in-part";
}

function storeMatch(context: PracticeContext, task: WaitingTask, { standing, doubt }: Match): void {
  const { database, businessResponse, clock } = context;
  const waiting = doubt !== undefined && businessResponse.kind === "onMatch" && businessResponse.doubtful === "queue";
  const { changes } = database
    .prepare("UPDATE task SET match_outcome = ?, match_due = 0 WHERE task_id = ? AND match_due = 1")
    .run(waiting ? "doubtful" : standing, task.taskId);
  if (changes === 0) return;
  if (doubt !== undefined) noteDoubt(database, task.taskId, { doubt, waiting, at: clock.now() });
  const from = readMailbox(task.from);
  if (waiting || !task.businessAsked || from === undefined) return;
  const { messageId, workflowId, headerId, summary } = task;
  const request = { messageId, from, workflowId, headerId, senderReference: summary.senderReference };
  storeResponse(context, request, "business", matchAnswers[standing]);
}
