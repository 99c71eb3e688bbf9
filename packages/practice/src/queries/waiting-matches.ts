import type { DatabaseSync } from "node:sqlite";
import { inTransaction } from "@restante/durable";
import type { PracticeContext } from "../context.ts";
import { practiceDefaults } from "../defaults.ts";
import { eventId } from "../inbound/event-id.ts";
import type { Happened } from "../store/matters.ts";
import { number, text, time } from "./rows.ts";

const hour = 3_600_000;
/** A set time that is longer is the longest itself. */
const longestInterval = 7 * 24 * hour;
/** As many are told in the log by one pass: it must not keep other writers waiting. */
const atOnce = 500;

/**
 * A match that waits for a person is told when the set time has passed, then again and again at intervals that double from
 * it, up to a week, until a person decides. Part of a transaction: how often it was told is stored with it, so that a system
 * that was not running tells once what it missed. When it is to be asked again; undefined: it waits no more.
 */
export function noteWaiting({ database, businessResponse, clock }: PracticeContext, taskId: number): Date | undefined {
  const row = database.prepare("SELECT since FROM match_decision WHERE task_id = ? AND waiting = 1").get(taskId);
  if (row === undefined) return undefined;
  const { tellAfterHours } = { ...practiceDefaults.businessResponse, ...businessResponse };
  const { times, dueAt } = tellings(time(row, "since"), tellAfterHours * hour, clock.now());
  database.prepare("UPDATE match_decision SET told = ?1 WHERE task_id = ?2 AND told < ?1").run(times, taskId);
  return dueAt;
}

/**
 * The same in the log: by the system at work, since whoever else looks at its database has a log of their own. Told before it
 * is noted, so that a kill between the two tells it twice and loses nothing; noted together, since each commit waits for the disk.
 * True: there is more.
 */
export function logWaiting({ database, emit, organisation }: PracticeContext): boolean {
  const rows = database
    .prepare(
      `SELECT task_id, message_id, told, since FROM match_decision INDEXED BY match_to_log CROSS JOIN task USING (task_id)
       WHERE waiting = 1 AND told > logged AND match_decision.task_id > 0 LIMIT ?`,
    )
    .all(atOnce);
  if (rows.length === 0) return false;
  for (const row of rows) {
    emit({
      event: "match-waiting",
      odsCode: organisation.odsCode,
      messageId: eventId(text(row, "message_id")),
      taskId: number(row, "task_id"),
      times: number(row, "told"),
      since: time(row, "since"),
    });
  }
  const noted = database.prepare("UPDATE match_decision SET logged = ? WHERE task_id = ?");
  inTransaction(database, () => {
    for (const row of rows) noted.run(number(row, "told"), number(row, "task_id"));
  });
  return rows.length === atOnce;
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
