import type { DatabaseSync } from "node:sqlite";
import type { PracticeContext } from "../context.ts";
import { countHeld } from "../notices/held-notices.ts";
import type { MatterKind, WorklistCounts } from "../worklist.ts";
import { number, text } from "./rows.ts";

/** What the pages count, kept by the triggers of schema.ts: as dear at a hundred thousand tasks as at one. */
export function countAll({ database, businessResponse, unread }: PracticeContext): WorklistCounts {
  const amount = tallyOf(database);
  const needed = (kind: MatterKind): number => amount(`matter ${kind} new`) + amount(`matter ${kind} seen`);
  const attentionBy = { task: needed("task"), report: needed("report"), stray: needed("stray") };
  const matches = amount("match waiting");
  const held = countHeld(database);
  const mayWait = businessResponse.kind === "onMatch" && businessResponse.doubtful === "queue";
  return {
    openTasks: amount("task open"),
    completedTasks: amount("task completed"),
    reports: amount("report"),
    reportsBy: {
      awaited: amount("report awaited"),
      late: amount("report late"),
      accepted: amount("report accepted"),
      refused: amount("report refused"),
      undelivered: amount("report undelivered"),
      held: amount("report held"),
    },
    attention: attentionBy.task + attentionBy.report + attentionBy.stray,
    attentionBy,
    strays: attentionBy.stray + amount("matter stray dealt-with"),
    ...((mayWait || matches > 0) && { matches }),
    ...((unread !== undefined || held > 0) && { unread: (unread === undefined ? 0 : amount("unread")) + held }),
  };
}

/** How many there are of each, by its name in the tally. */
export function tallyOf(database: DatabaseSync): (name: string) => number {
  const rows = database.prepare("SELECT name, amount FROM tally").all();
  const amounts = new Map(rows.map((row) => [text(row, "name"), number(row, "amount")]));
  return (name) => amounts.get(name) ?? 0;
}
