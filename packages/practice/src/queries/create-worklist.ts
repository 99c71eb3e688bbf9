import type { PracticeContext } from "../context.ts";
import { PracticeError } from "../errors.ts";
import { moveOutgoing } from "../store/outgoing.ts";
import type { Worklist } from "../worklist.ts";
import { originalOf, reportAttachment, taskAttachment } from "./content.ts";
import { decide, decisionsFor, unknownTask } from "./decisions.ts";
import { type Deadlines, listReports, readReport } from "./reports.ts";
import { countStrays, listStrays } from "./strays.ts";
import { countTroubled, listTasks, readTask } from "./tasks.ts";

/** The worklist on the practice's database. `onChange` is called after something was stored that is to be sent. */
export function createWorklist(context: PracticeContext, onChange: () => void): Worklist {
  const { database, keptFolder, clock, tuning } = context;
  const deadlines = (): Deadlines => ({ now: clock.now(), tuning });

  return {
    tasks: (filter = {}) => listTasks(database, filter, deadlines()),
    task: (taskId) => readTask(database, taskId, deadlines()),
    attachment: (taskId, index) => taskAttachment(database, taskId, index),
    original: (taskId) => originalOf(database, keptFolder, taskId),
    complete(taskId) {
      const { changes } = database
        .prepare(
          `UPDATE task SET state = iif(state = 'open', 'completed', state), completed_at = coalesce(completed_at, ?)
           WHERE task_id = ?`,
        )
        .run(clock.now().toISOString(), taskId);
      if (changes === 0) throw unknownTask();
    },
    decide(taskId, code) {
      decide(context, taskId, code);
      onChange();
    },
    decisions: (taskId) => decisionsFor(context, taskId),
    reports: (filter = {}) => listReports(database, filter, deadlines()),
    report: (headerId) => readReport(database, headerId, deadlines()),
    reportAttachment: (headerId, index) => reportAttachment(database, headerId, index),
    sendAgain(headerId) {
      const at = clock.now();
      if (!moveOutgoing(database, headerId, "held", "due", { at, dueAt: at, problem: null })) {
        throw new PracticeError("not-held", "Only a message whose send was never answered can be sent again.");
      }
      onChange();
    },
    strays: (limit = 100) => listStrays(database, limit),
    counts() {
      const row = database
        .prepare(
          `SELECT (SELECT count(*) FROM task WHERE state = 'open') AS open,
             (SELECT count(*) FROM task WHERE state = 'completed') AS completed,
             (SELECT count(*) FROM report) AS reports`,
        )
        .get() as { open: number; completed: number; reports: number };
      const reports = listReports(database, { attention: true, limit: 1000 }, deadlines()).length;
      return {
        openTasks: row.open,
        completedTasks: row.completed,
        reports: row.reports,
        attention: reports + countTroubled(database, deadlines()) + countStrays(database),
      };
    },
  };
}
