import type { DatabaseSync } from "node:sqlite";
import type { MessageId, PracticeEvent } from "@restante/mesh";
import type { PracticeContext } from "../context.ts";
import { practiceDefaults } from "../defaults.ts";
import { eventId } from "../inbound/event-id.ts";
import type { Happened } from "../store/matters.ts";
import { number, text, time } from "./rows.ts";

const hour = 3_600_000;
/** A set time that is longer is the longest itself. */
const longestInterval = 7 * 24 * hour;

/** What is told of a match that has waited too long, once what is stored of it is. */
export type WaitingMatch = Extract<PracticeEvent, { event: "match-waiting" }>;

/**
 * Tells of a match that waits for a person when the set time has passed, then again and again at intervals that double
 * from it, up to a week, until a person decides. Part of a transaction: how often it was told is stored with it, so that a
 * system that was not running tells once what it missed.
 */
export function noteWaiting(
  { database, businessResponse, clock, organisation }: PracticeContext,
  taskId: number,
): { event?: WaitingMatch; dueAt?: Date } {
  const row = database
    .prepare(
      "SELECT since, told, message_id FROM match_decision CROSS JOIN task USING (task_id) WHERE task_id = ? AND waiting = 1",
    )
    .get(taskId);
  if (row === undefined) return {};
  const { tellAfterHours } = { ...practiceDefaults.businessResponse, ...businessResponse };
  const since = time(row, "since");
  const { times, dueAt } = tellings(since, tellAfterHours * hour, clock.now());
  if (times <= number(row, "told")) return { dueAt };
  database.prepare("UPDATE match_decision SET told = ? WHERE task_id = ?").run(times, taskId);
  const messageId: MessageId = eventId(text(row, "message_id"));
  return {
    dueAt,
    event: { event: "match-waiting", odsCode: organisation.odsCode, messageId, taskId, times, since },
  };
}

/** How often it should have been told by now, and when it next should be. */
function tellings(since: Date, first: number, now: Date): { times: number; dueAt: Date } {
  let times = 0;
  let interval = first;
  let at = since.getTime() + first;
  for (; at <= now.getTime(); times += 1) {
    at += interval;
    interval = Math.min(2 * interval, Math.max(first, longestInterval));
  }
  return { times, dueAt: new Date(at) };
}

/** For the people of the page: what has been told, for as long as it waits. */
export function troubleOfMatch(database: DatabaseSync, taskId: number): Happened | undefined {
  const row = database
    .prepare("SELECT told FROM match_decision WHERE task_id = ? AND waiting = 1 AND told > 0")
    .get(taskId);
  return row && { reason: undecided, happenings: [`match-waiting ${number(row, "told")}`] };
}

const undecided =
  "Nobody has decided yet whether the patient is one of yours. The sender is not told whether the message is for you until somebody does.";
