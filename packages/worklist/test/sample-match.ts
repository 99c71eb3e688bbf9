import { parseMailboxId } from "@restante/mesh";
import type { MatchToDecide, MatchVerdict, RegisterEntry, Task } from "@restante/practice";

const answers: Readonly<Record<MatchVerdict, [code: string, text: string]>> = {
  known: ["30001", "Patient known here and registered with practice"],
  "recently-deceased": ["30004", "Patient known here and recently deceased"],
  "no-longer-here": ["30003", "Patient known here but no longer registered with practice"],
  "not-known": ["30002", "Patient not known here"],
};

/** What a person decides on a task of the sample by. */
export function sampleMatch(task: Task, register: ReadonlyMap<number, RegisterEntry>): MatchToDecide {
  const { outcome } = task.patient;
  const given = task.responses.find(({ level }) => level === "business");
  // A task that is decided on is matched by nobody.
  const until = task.patient.byHand && given?.undoableUntil && { undoableUntil: given.undoableUntil };
  const verdicts = Object.keys(answers) as MatchVerdict[];
  return {
    task,
    since: task.receivedAt,
    register: register.get(task.taskId) ?? { found: "nobody" },
    verdicts: verdicts
      .filter((verdict) => verdict !== outcome && until === undefined)
      .map((verdict) => ({ verdict, code: answers[verdict][0], text: answers[verdict][1] })),
    ...(outcome === "doubtful" && { answerTo: parseMailboxId("Y99001OT001") }),
    ...(given && { answered: { code: given.code, text: given.text, at: given.builtAt, ...until } }),
  };
}
