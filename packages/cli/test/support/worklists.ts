import {
  type Practice,
  type SentReport,
  type Stray,
  type Task,
  type TaskSummary,
  thisComputer,
} from "@restante/practice";

const actor = thisComputer;
const size = 1000;

/** All that an organisation has, newest first, a page after the other. */
async function all<Item>(
  list: (page: { number: number; size: number }) => Promise<{ items: Item[]; total: number }>,
): Promise<Item[]> {
  const found: Item[] = [];
  for (let number = 1; ; number += 1) {
    const { items, total } = await list({ number, size });
    found.push(...items);
    if (number * size >= total) return found;
  }
}

export function tasksOf({ worklist }: Practice): Promise<TaskSummary[]> {
  return all((page) => worklist.tasks({ actor, page }));
}

/** Each of its tasks, opened. */
export async function openTasksOf(practice: Practice): Promise<Task[]> {
  const opened: Task[] = [];
  for (const { taskId } of await tasksOf(practice)) {
    const task = await practice.worklist.task(taskId, actor);
    if (task !== undefined) opened.push(task);
  }
  return opened;
}

export function reportsOf({ worklist }: Practice): Promise<SentReport[]> {
  return all((page) => worklist.reports({ actor, page }));
}

export function straysOf({ worklist }: Practice): Promise<Stray[]> {
  return all((page) => worklist.strays({ actor, page }));
}
