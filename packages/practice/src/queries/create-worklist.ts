import { boundTexts, mostKept, mostListed } from "../bounded.ts";
import type { PracticeContext } from "../context.ts";
import { codeOf, isOfTheSystem, reasonOf } from "../errors.ts";
import type { Listing } from "../lists.ts";
import type { ActOutcome } from "../actor.ts";
import type { Retention } from "../retention/retention.ts";
import type { Worklist } from "../worklist.ts";
import { originalOf, reportAttachment, taskAttachment } from "./content.ts";
import { tasksOfPatient } from "./same-patient.ts";
import { countAll } from "./counts.ts";
import { documentViewOfTask } from "./document-views.ts";
import { decide, decisionsFor } from "./decisions.ts";
import { saveToFolder, stopSaving } from "./filing.ts";
import { listSenders } from "./find-tasks.ts";
import { endNotices, readHeldNotices, sendNoticesAgain } from "../notices/held-notices.ts";
import { listUnread, noteOpened, tellUnread } from "../notices/tell-unread.ts";
import { listMatches, matchByHand, readMatch } from "./matching.ts";
import { named } from "./names.ts";
import { completeTask, dealWith, reopenTask, seeAsOf, sendAgain, undoDealtWith } from "./person.ts";
import { type Deadlines, listReports, readReport } from "./reports.ts";
import { listReceivers } from "./report-lists.ts";
import { review } from "./review.ts";
import { listStrays, readStray, strayOriginal } from "./strays.ts";
import { assignTask, commentOnTask, prioritiseTask } from "./task-work.ts";
import { undoSending } from "./undo.ts";
import { listTasks, readTask } from "./tasks.ts";

/** Sentences of ours and notes of persons have limits of their own. */
const ours: ReadonlySet<string> = new Set(["attention", "matter", "acts"]);

/** Texts that came from outside are as long as their sender likes: a page is not. */
const listed = <Item>({ items, ...listing }: Listing<Item>): Listing<Item> => ({
  items: items.map((item) => boundTexts(item, mostListed, ours)),
  ...listing,
});
const shown = <Item>(item: Item | undefined): Item | undefined => item && boundTexts(item, mostKept, ours);

/** The worklist on the practice's database. `onChange` is called after something was stored that is to be sent, `afterMs` from now. */
export function createWorklist(
  context: PracticeContext,
  onChange: (afterMs: number) => void,
  retention: Pick<Retention, "kept">,
): Worklist {
  const { database, keptFolder, clock, tuning, troubles, organisations } = context;
  const deadlines = (): Deadlines => ({ now: clock.now(), tuning });

  /** What is read, or acted on, is as of now. Where nothing can be written it is as of when something last could, and that is told. */
  function upToDate(): void {
    try {
      review(context);
      tellUnread(context);
    } catch (error) {
      if (!isOfTheSystem(error)) throw error;
      troubles.failed("storing", undefined, { code: codeOf(error), reason: reasonOf(error) });
    }
  }

  /** @param afterMs for how long it can be taken back before it is sent */
  function acted(outcome: ActOutcome, afterMs = 0): ActOutcome {
    if (outcome.outcome === "done") onChange(afterMs);
    return outcome;
  }
  const undoMs = context.undoSeconds * 1000;

  return {
    async tasks(list) {
      upToDate();
      return listed(listTasks(database, list));
    },
    senders: async () => listSenders(database).map((sender) => boundTexts(sender, mostListed, ours)),
    async task(taskId) {
      upToDate();
      return shown(readTask(database, taskId));
    },
    async ofPatient(taskId) {
      upToDate();
      const found = tasksOfPatient(database, taskId);
      return found && listed(found);
    },
    attachment: async (taskId, index) => taskAttachment(database, taskId, index),
    documentView: async (taskId) => documentViewOfTask(database, taskId),
    original: async (taskId) => originalOf(database, keptFolder, taskId),
    async complete(taskId, by, completion) {
      upToDate();
      return completeTask(context, taskId, by, completion);
    },
    async reopen(taskId, by) {
      upToDate();
      return reopenTask(context, taskId, by);
    },
    async assign(taskId, assignee, by) {
      upToDate();
      return assignTask(context, taskId, assignee, by);
    },
    async prioritise(taskId, soon, by) {
      upToDate();
      return prioritiseTask(context, taskId, soon, by);
    },
    async comment(taskId, note, by) {
      upToDate();
      return commentOnTask(context, taskId, note, by);
    },
    filingFolder: async () => context.filing?.folder,
    async saveToFolder(taskId, by, options) {
      upToDate();
      return acted(saveToFolder(context, taskId, by, options));
    },
    async stopSaving(taskId, by) {
      upToDate();
      return acted(stopSaving(context, taskId, by));
    },
    async decide(taskId, code, by) {
      upToDate();
      return acted(decide(context, taskId, code, by), undoMs);
    },
    decisions: async (taskId) => decisionsFor(context, taskId),
    async matches(list) {
      upToDate();
      return listed(await listMatches(context, list));
    },
    async match(taskId) {
      upToDate();
      return shown(await readMatch(context, taskId));
    },
    async matchByHand(taskId, decision, by) {
      upToDate();
      return acted(matchByHand(context, taskId, decision, by), undoMs);
    },
    async reports(list) {
      upToDate();
      const { items, ...listing } = listed(listReports(database, list, deadlines()));
      return { items: items.map((report) => named(report, organisations)), ...listing };
    },
    receivers: async () => listReceivers(context).map((receiver) => boundTexts(receiver, mostListed, ours)),
    async report(headerId) {
      upToDate();
      const report = shown(readReport(database, headerId, deadlines()));
      return report && named(report, organisations);
    },
    reportAttachment: async (headerId, index) => reportAttachment(database, headerId, index),
    async sendAgain(headerId, by) {
      upToDate();
      return acted(sendAgain(context, headerId, by), undoMs);
    },
    async undo(headerId, by) {
      upToDate();
      return undoSending(context, headerId, by);
    },
    async strays(list) {
      upToDate();
      return listed(listStrays(database, list));
    },
    async stray(strayId) {
      upToDate();
      return shown(readStray(database, strayId));
    },
    strayOriginal: async (strayId) => strayOriginal(database, strayId),
    async see(matter, by) {
      try {
        return seeAsOf(context, matter, by);
      } catch (error) {
        // It stays new. A page is shown all the same.
        if (!isOfTheSystem(error)) throw error;
        return { outcome: "done", version: by.version };
      }
    },
    async dealWith(matter, by, note) {
      upToDate();
      return dealWith(context, matter, by, note);
    },
    async undoDealtWith(matter, by) {
      upToDate();
      return undoDealtWith(context, matter, by);
    },
    async opened(taskId, actor) {
      try {
        noteOpened(context, taskId, actor);
      } catch (error) {
        // Nobody has opened it. The page is shown all the same.
        if (!isOfTheSystem(error)) throw error;
      }
    },
    async unread(list) {
      upToDate();
      const { items, total } = listUnread(context, list);
      return { items: items.map((item) => boundTexts(item, mostListed, ours)), total };
    },
    heldNotices: async () => readHeldNotices(database),
    async sendNoticesAgain(receiver, upTo) {
      sendNoticesAgain(context, receiver, upTo);
      onChange(0);
    },
    endNotices: async (receiver, upTo) => endNotices(context, receiver, upTo),
    async counts() {
      upToDate();
      return countAll(context);
    },
    troubles: async () => troubles.list(),
    kept: () => retention.kept(),
  };
}
