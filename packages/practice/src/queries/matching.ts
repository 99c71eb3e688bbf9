import type { DatabaseSync } from "node:sqlite";
import { type PatientRecord, patientStanding } from "@restante/demographics";
import { responseCodes } from "@restante/itk3";
import { isNhsNumber } from "@restante/mesh";
import type { ActBy, ActOutcome } from "../actor.ts";
import type { PracticeContext } from "../context.ts";
import { PracticeError } from "../errors.ts";
import { matchAnswers } from "../inbound/match.ts";
import { storeResponse } from "../inbound/respond.ts";
import type { Listing, MatchList } from "../lists.ts";
import type { MatchAnswer, MatchDecision, MatchVerdict, RegisterEntry } from "../matching.ts";
import { noteVerdict } from "../store/match-decisions.ts";
import { waitWithAnswer } from "../store/undoable.ts";
import { act } from "./acting.ts";
import type { GivenResponse, MatchToDecide, TaskSummary } from "../worklist.ts";
import { requestOf, taskRow, unknownTask } from "./decisions.ts";
import { type ListPlan, listIds } from "./listing.ts";
import { givenResponses } from "./responses.ts";
import { number, optionalTime, present, type Row, text } from "./rows.ts";
import { nameOf, readTaskSummary } from "./tasks.ts";
import { undoUntil } from "./undo-until.ts";

const verdicts = Object.keys(matchAnswers) as readonly MatchVerdict[];

/** A page waits no longer for the register. */
const registerMs = 5000;

const waiting: ListPlan = {
  id: "task_id",
  from: "match_decision INDEXED BY match_waiting WHERE waiting = 1",
  tally: ["match waiting"],
};

export async function listMatches(context: PracticeContext, list: MatchList): Promise<Listing<MatchToDecide>> {
  const { ids, ...listing } = listIds(context.database, waiting, "task_words", list);
  const items = await Promise.all(ids.map((taskId) => readMatch(context, taskId)));
  return { items: items.filter((item) => item !== undefined), ...listing };
}

export async function readMatch(context: PracticeContext, taskId: number): Promise<MatchToDecide | undefined> {
  const { database } = context;
  const row = matchRow(context, taskId);
  const task = readTaskSummary(database, taskId);
  if (row === undefined || task === undefined || verdictsFor(row).length === 0) return undefined;
  const answered = answerTo(database, row);
  return {
    task,
    since: optionalTime(row, "since") ?? task.receivedAt,
    verdicts: answered?.undoableUntil === undefined ? verdictsFor(row).map(answerOf) : [],
    ...present({
      answerTo: answerDue(row)?.from,
      answered: answered && {
        code: answered.code,
        text: answered.text,
        at: answered.builtAt,
        ...present({ undoableUntil: answered.undoableUntil }),
      },
    }),
    register: await askRegister(context, task),
  };
}

/**
 * What a person says of the patient, and the business answer that waited for it, in one transaction. The register is not
 * asked: the person may know better, or it may be out of reach. What was said while its answer waits to leave is taken back and
 * not changed: the answer would leave all the same.
 */
export function matchByHand(
  context: PracticeContext,
  taskId: number,
  { verdict, sends }: MatchDecision,
  by: ActBy,
): ActOutcome {
  if (matchRow(context, taskId) === undefined) throw unknownTask();
  const { code, text: meaning } = answerOf(verdict);
  const about = sends ? `${code} ${meaning}` : `${matchAnswers[verdict].diagnostics} Nothing was sent.`;
  return act(context, { kind: "task", id: taskId }, by, {
    act: "matched",
    again: { about },
    change(at) {
      const row = matchRow(context, taskId);
      const request = row && answerDue(row);
      const isAllowed = row !== undefined && verdictsFor(row).includes(verdict) && sends === (request !== undefined);
      if (!isAllowed || answerTo(context.database, row)?.undoableUntil !== undefined) {
        throw new PracticeError("match-not-allowed", "This cannot be said of the patient of this task.");
      }
      const headerId = request && storeResponse(context, request, "business", matchAnswers[verdict]);
      const until = undoUntil(context, at);
      if (headerId !== undefined && until !== undefined)
        waitWithAnswer(context.database, headerId, { kind: "match", until });
      noteVerdict(context.database, taskId, verdict, { at, by: by.actor });
      return { about };
    },
  });
}

/** The business answer that was given. */
function answerTo(database: DatabaseSync, row: Row): GivenResponse | undefined {
  return givenResponses(database, text(row, "message_id")).find(({ level }) => level === "business");
}

/**
 * All but what holds already, unless that is in doubt and nobody has confirmed it; none before the register was asked and
 * has answered, whatever it said.
 */
function verdictsFor(row: Row): readonly MatchVerdict[] {
  const outcome = text(row, "match_outcome");
  if (outcome === "not-checked" || outcome === "waiting") return [];
  const unconfirmed = row["doubt"] !== null && row["decided_at"] === null;
  return verdicts.filter((verdict) => unconfirmed || verdict !== outcome);
}

/** What a decision answers; undefined where it sends nothing. */
function answerDue(row: Row): ReturnType<typeof requestOf> {
  return text(row, "match_outcome") === "doubtful" && number(row, "answered") === 0 ? requestOf(row) : undefined;
}

function answerOf(verdict: MatchVerdict): MatchAnswer {
  const { code } = matchAnswers[verdict];
  return { verdict, code, text: responseCodes.get(code)?.display ?? "" };
}

function matchRow(context: PracticeContext, taskId: number): Row | undefined {
  const row = taskRow(context, taskId);
  const decision = context.database
    .prepare("SELECT since, doubt, decided_at FROM match_decision WHERE task_id = ?")
    .get(taskId);
  return row && { since: null, doubt: null, decided_at: null, ...row, ...decision };
}

async function askRegister(context: PracticeContext, { patient }: TaskSummary): Promise<RegisterEntry> {
  const { nhsNumber } = patient;
  if (nhsNumber === undefined || !isNhsNumber(nhsNumber)) return { found: "not-asked" };
  try {
    const record = await context.patients.find(nhsNumber, AbortSignal.timeout(registerMs));
    return record === undefined ? { found: "nobody" } : entryOf(context, record);
  } catch {
    // Whatever it failed of is told where letters wait for it: the matching of the next pass.
    return { found: "unreachable" };
  }
}

function entryOf({ organisation, clock }: PracticeContext, record: PatientRecord): RegisterEntry {
  const usual = record.names.find(({ use }) => use === "usual");
  const names = [...(usual === undefined ? [] : [usual]), ...record.names.filter((name) => name !== usual)];
  const today = clock.now().toISOString().slice(0, 10);
  return {
    found: "patient",
    nhsNumber: record.nhsNumber,
    names: names.map((name) => nameOf(name) ?? ""),
    dateOfBirth: record.dateOfBirth,
    standing: patientStanding(record, organisation.odsCode, today, record),
  };
}
