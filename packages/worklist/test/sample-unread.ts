import type { HeldNotices, Task, TaskSummary, UnreadTask, UnreadWorklist } from "@restante/practice";

export interface SampleUnread {
  /** Those that were told, by task; nothing of it is watched. */
  readonly late: Map<number, Omit<UnreadTask<TaskSummary>, "task">>;
  readonly held: HeldNotices[];
  /** Which task was opened by whom. */
  readonly opens: string[];
}

/** Some of each. */
export function fillUnread({ late, held }: SampleUnread): void {
  const openBy = new Date("2026-11-23T12:00:00Z");
  late.set(1, { openBy });
  late.set(2, { openBy, overdue: true });
  const since = new Date("2026-11-20T10:00:00Z");
  const { notices, upTo, reason } = { notices: 1200, upTo: 17, reason: "It answered 500." };
  held.push(
    { receiver: 3, kind: "webhook", to: "https://hooks.example", notices, since, upTo, reason, notKept: 40 },
    {
      receiver: 4,
      kind: "email",
      to: "practice.manager@a-rather-long-name-of-an-organisation.example",
      notices: 1,
      since,
      upTo,
      reason: "It is not in the settings any more.",
      notKept: 0,
      unknown: true,
    },
  );
}

/** What of a sample worklist is about tasks that nobody has opened in time. */
export function sampleUnread(
  { late, held, opens }: SampleUnread,
  { all, calls }: { all: Task[]; calls: string[] },
): UnreadWorklist<TaskSummary> {
  const drop = (receiver: number, upTo: number): void => {
    const index = held.findIndex((each) => each.receiver === receiver && each.upTo <= upTo);
    if (index !== -1) held.splice(index, 1);
  };
  return {
    async opened(taskId, { id }) {
      opens.push(`${taskId} ${id}`);
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
