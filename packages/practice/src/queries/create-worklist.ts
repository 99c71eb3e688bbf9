import { inTransaction } from "@restante/durable";
import { boundTexts, mostKept, mostListed } from "../bounded.ts";
import type { PracticeContext } from "../context.ts";
import { codeOf, isOfTheSystem, reasonOf } from "../errors.ts";
import { seeMatter } from "../store/matters.ts";
import type { Worklist } from "../worklist.ts";
import { originalOf, reportAttachment, taskAttachment } from "./content.ts";
import { countAll } from "./counts.ts";
import { decide, decisionsFor } from "./decisions.ts";
import { named } from "./names.ts";
import { completeTask, dealWith, reopenTask, sendAgain, undoDealtWith } from "./person.ts";
import { type Deadlines, listReports, readReport } from "./reports.ts";
import { review } from "./review.ts";
import { listStrays, readStray, strayOriginal } from "./strays.ts";
import { listTasks, readTask } from "./tasks.ts";

/** Sentences of ours and notes of persons have limits of their own. */
const ours: ReadonlySet<string> = new Set(["attention", "matter", "acts"]);

/** Texts that came from outside are as long as their sender likes: a page is not. */
const listed = <Item>(items: readonly Item[]): Item[] => items.map((item) => boundTexts(item, mostListed, ours));
const shown = <Item>(item: Item | undefined): Item | undefined => item && boundTexts(item, mostKept, ours);

/** The worklist on the practice's database. `onChange` is called after something was stored that is to be sent. */
export function createWorklist(context: PracticeContext, onChange: () => void): Worklist {
  const { database, keptFolder, clock, tuning, troubles, organisations } = context;
  const deadlines = (): Deadlines => ({ now: clock.now(), tuning });

  /** What is read is as of now. Where nothing can be written it is as of when something last could, and that is told. */
  function upToDate(): void {
    try {
      review(context);
    } catch (error) {
      if (!isOfTheSystem(error)) throw error;
      troubles.failed("storing", undefined, { code: codeOf(error), reason: reasonOf(error) });
    }
  }

  return {
    tasks(filter = {}) {
      upToDate();
      return listed(listTasks(database, filter));
    },
    task(taskId) {
      upToDate();
      return shown(readTask(database, taskId));
    },
    attachment: (taskId, index) => taskAttachment(database, taskId, index),
    original: (taskId) => originalOf(database, keptFolder, taskId),
    complete: (taskId) => completeTask(context, taskId),
    reopen: (taskId) => reopenTask(context, taskId),
    decide(taskId, code) {
      decide(context, taskId, code);
      onChange();
    },
    decisions: (taskId) => decisionsFor(context, taskId),
    reports(filter = {}) {
      upToDate();
      return listed(listReports(database, filter, deadlines())).map((report) => named(report, organisations));
    },
    report(headerId) {
      upToDate();
      const report = shown(readReport(database, headerId, deadlines()));
      return report && named(report, organisations);
    },
    reportAttachment: (headerId, index) => reportAttachment(database, headerId, index),
    sendAgain(headerId) {
      sendAgain(context, headerId);
      onChange();
    },
    strays(filter = {}) {
      upToDate();
      return listed(listStrays(database, filter));
    },
    stray(strayId) {
      upToDate();
      return shown(readStray(database, strayId));
    },
    strayOriginal: (strayId) => strayOriginal(database, strayId),
    see(matter) {
      try {
        inTransaction(database, () => seeMatter(database, matter));
      } catch (error) {
        // It stays new. A page is shown all the same.
        if (!isOfTheSystem(error)) throw error;
      }
    },
    dealWith: (matter, note) => dealWith(context, matter, note),
    undoDealtWith: (matter) => undoDealtWith(context, matter),
    counts() {
      upToDate();
      return countAll(database);
    },
    troubles: troubles.list,
  };
}
