import { PracticeError } from "@restante/practice";
import type { ActBy, ActOutcome, SentReportDetail, Task, Worklist } from "@restante/practice";

interface Sample {
  all: Task[];
  sent: SentReportDetail[];
  calls: string[];
  known: (taskId: number) => Task;
  acting: (thing: { version: number } | undefined, by: ActBy, change: () => void) => Promise<ActOutcome>;
}

/** The work on the tasks of a sample worklist. */
export function sampleWork({
  all,
  sent,
  calls,
  known,
  acting,
}: Sample): Pick<Worklist, "assign" | "prioritise" | "comment" | "ofPatient" | "undo"> {
  return {
    assign: async (taskId, assignee, by) =>
      acting(known(taskId), by, () => {
        calls.push(`assign ${taskId} ${assignee === undefined ? "nobody" : `${assignee.kind} ${assignee.id}`}`);
        const { assignee: _, ...work } = known(taskId).work ?? {};
        known(taskId).work = { ...work, ...(assignee && { assignee }) };
      }),
    prioritise: async (taskId, { priority, dueOn }, by) =>
      acting(known(taskId), by, () => {
        if (dueOn !== undefined && new Date(`${dueOn}T12:00Z`).toJSON()?.slice(0, 10) !== dueOn) {
          throw new PracticeError("due-day-invalid", "There is no such day.");
        }
        calls.push(`prioritise ${taskId} ${priority ?? "in its turn"} ${dueOn ?? "whenever"}`);
        known(taskId).work = { ...known(taskId).work, ...(priority && { priority }), ...(dueOn && { dueOn }) };
      }),
    comment: async (taskId, note, by) =>
      acting(known(taskId), by, () => {
        if (note.trim() === "") throw new PracticeError("note-missing", "There is nothing in it.");
        calls.push(`comment ${taskId} ${note}`);
        known(taskId).acts.unshift({ at: new Date("2026-11-23T10:00:00Z"), by: by.actor, act: "commented", note });
      }),
    async ofPatient(taskId) {
      const number = all.find((task) => task.taskId === taskId)?.patient.nhsNumber;
      const items = all.filter(({ patient, taskId: id }) => id === taskId || (number && patient.nhsNumber === number));
      return { items: items.toReversed(), total: items.length };
    },
    async undo(headerId, by) {
      const owner = [...sent, ...all].find((thing) =>
        "sequence" in thing ? thing.headerId === headerId : thing.responses.some((one) => one.headerId === headerId),
      );
      return acting(owner, by, () => {
        const found = [...sent, ...all.flatMap(({ responses }) => responses)].find((one) => one.headerId === headerId);
        if (found?.undoableUntil === undefined) throw new PracticeError("left-already", "It has left.");
        calls.push(`take back ${headerId}`);
        delete found.undoableUntil;
      });
    },
  };
}
