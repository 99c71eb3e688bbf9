import type { Task, TaskQuery } from "@restante/practice";

/** As the practice filters, of the tasks of the sample. */
export function passes(
  task: Task,
  { recipientType = [], kind = [], match = [], flags = [], ...rest }: TaskQuery = {},
): boolean {
  const has = <One>(asked: readonly One[], one: One | undefined): boolean =>
    asked.length === 0 || (one !== undefined && asked.includes(one));
  const { assignee, priority, dueFrom = "", dueUntil = "9999-12-31" } = rest;
  const { assignee: given, priority: soon, dueOn = "none" } = task.work ?? {};
  const { receivedFrom = task.receivedAt, receivedBefore = new Date(8.64e15), sender } = rest;
  return (
    has(recipientType, task.recipientType) &&
    has(kind, task.kind) &&
    has(match, task.patient.outcome) &&
    (flags.length === 0 || flags.some((flag) => task.flags.includes(flag))) &&
    (assignee === undefined ||
      (assignee === "nobody" ? given === undefined : given?.kind === assignee.kind && given.id === assignee.id)) &&
    (priority === undefined || priority === soon) &&
    (!("dueFrom" in rest || "dueUntil" in rest) || (task.state === "open" && dueFrom <= dueOn && dueOn <= dueUntil)) &&
    (sender === undefined || sender === task.sender.organisation?.odsCode) &&
    task.taskId > (rest.afterTask ?? 0) &&
    task.receivedAt >= receivedFrom &&
    task.receivedAt < receivedBefore
  );
}
