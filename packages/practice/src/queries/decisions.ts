import { responseCodes } from "@restante/itk3";
import { readMailbox, type Request, storeResponse } from "../inbound/respond.ts";
import type { PracticeContext } from "../context.ts";
import { PracticeError } from "../errors.ts";
import type { MessageSummary } from "../store/tasks.ts";
import { waitWithAnswer } from "../store/undoable.ts";
import type { ActBy, ActOutcome } from "../actor.ts";
import type { Decision } from "../worklist.ts";
import { act } from "./acting.ts";
import { undoUntil } from "./undo-until.ts";
import { json, number, optionalText, type Row, text } from "./rows.ts";

/** What a person may answer about a referral (ITK3 2.10.0): 30005 to 30018. */
const decidable: readonly Decision[] = [...responseCodes.values()]
  .filter(({ code }) => code >= "30005" && code <= "30018")
  .map(({ code, display, positive }) => ({ code, text: display, positive }));

export function decisionsFor(context: PracticeContext, taskId: number): Decision[] {
  const task = taskRow(context, taskId);
  return task !== undefined && isDecidable(context, task) && number(task, "answered") === 0 ? [...decidable] : [];
}

/** A person's answer at business level, to be handed over by the next pass. Given once. */
export function decide(context: PracticeContext, taskId: number, code: string, by: ActBy): ActOutcome {
  if (taskRow(context, taskId) === undefined) throw unknownTask();
  return act(context, { kind: "task", id: taskId }, by, {
    act: "answered",
    change(at) {
      const task = taskRow(context, taskId);
      if (task === undefined) throw unknownTask();
      if (number(task, "answered") === 1) {
        throw new PracticeError("already-decided", "A business response was given to this task already.");
      }
      const decision = decidable.find((decision) => decision.code === code);
      const request = requestOf(task);
      if (decision === undefined || request === undefined || !isDecidable(context, task)) {
        throw new PracticeError("decision-not-allowed", "This business response cannot be given to this task.");
      }
      const headerId = storeResponse(context, request, "business", { code, diagnostics: `${decision.text}.` });
      const until = undoUntil(context, at);
      if (headerId !== undefined && until !== undefined)
        waitWithAnswer(context.database, headerId, { kind: "decision", until });
      return { about: `${code} ${decision.text}` };
    },
  });
}

export function unknownTask(): PracticeError {
  return new PracticeError("task-unknown", "There is no such task.");
}

export function requireTask({ database }: Pick<PracticeContext, "database">, taskId: number): void {
  if (database.prepare("SELECT 1 FROM task WHERE task_id = ?").get(taskId) === undefined) throw unknownTask();
}

function isDecidable({ businessResponse }: PracticeContext, task: Row): boolean {
  return businessResponse.kind === "onDecision" && requestOf(task) !== undefined;
}

/** What a business answer answers; undefined where none is asked for, or MESH named nobody to give it to. */
export function requestOf(task: Row): Request | undefined {
  const from = readMailbox(optionalText(task, "from_mailbox"));
  if (from === undefined || number(task, "business_asked") === 0) return undefined;
  return {
    messageId: text(task, "message_id"),
    from,
    workflowId: text(task, "workflow_id"),
    headerId: optionalText(task, "header_id"),
    senderReference: (json(task, "summary") as MessageSummary).senderReference,
  };
}

/** A task, as far as its business answer depends on it. */
export function taskRow({ database }: PracticeContext, taskId: number): Row | undefined {
  return database
    .prepare(
      `SELECT message_id, from_mailbox, workflow_id, header_id, summary, business_asked, match_outcome,
         EXISTS (SELECT 1 FROM given_response WHERE request_message_id = message_id AND level = 'business') AS answered
       FROM task JOIN received USING (message_id) WHERE task_id = ?`,
    )
    .get(taskId);
}
