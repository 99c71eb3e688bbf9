import type { HeldNotices, Task, TaskSummary, UnreadTask, UnreadWorklist } from "@restante/practice";

export interface SampleUnread {
  /** Those that were told, by task; nothing of it is watched. */
  readonly late: Map<number, Omit<UnreadTask<TaskSummary>, "task">>;
  readonly held: HeldNotices[];
}

/** What of a sample worklist is about tasks that nobody has opened in time. */
export function sampleUnread(
  { late, held }: SampleUnread,
  { all, calls }: { all: Task[]; calls: string[] },
): UnreadWorklist<TaskSummary> {
  const drop = (receiver: number, upTo: number): void => {
    const index = held.findIndex((each) => each.receiver === receiver && each.upTo <= upTo);
    if (index !== -1) held.splice(index, 1);
  };
  return {
    async opened(taskId, { id }) {
      calls.push(`opened ${taskId} ${id}`);
      const task = all.find((each) => each.taskId === taskId);
      if (task?.work?.openedAt === undefined && task)
        task.work = { ...task.work, openedAt: new Date("2026-11-23T10:00:00Z") };
      const { openBy: _, ...rest } = late.get(taskId) ?? {};
      if (rest.overdue) late.set(taskId, rest);
      else late.delete(taskId);
    },
    async unread({ page = { number: 1, size: 100 } }) {
      const items = all.flatMap((task) => {
        const why = late.get(task.taskId);
        return why === undefined ? [] : [{ task, ...why }];
      });
      const from = (page.number - 1) * page.size;
      return { items: items.slice(from, from + page.size), total: items.length };
    },
    heldNotices: async () => held,
    async sendNoticesAgain(receiver, upTo) {
      calls.push(`send notices again ${receiver} ${upTo}`);
      drop(receiver, upTo);
    },
    async endNotices(receiver, upTo) {
      calls.push(`end notices ${receiver} ${upTo}`);
      drop(receiver, upTo);
    },
  };
}
