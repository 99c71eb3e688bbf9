import { lstat, opendir } from "node:fs/promises";
import { join } from "node:path";
import { isMissing } from "@restante/durable";
import type { PracticeContext } from "../context.ts";
import type { Kept } from "../kept.ts";
import { tallyOf } from "../queries/counts.ts";
import { number, optionalTime, present } from "../queries/rows.ts";

/** What is kept, and how large it is: told by what the database knows of itself, so that no table is read for it. */
export async function measureKept({
  database,
  keptFolder,
}: Pick<PracticeContext, "database" | "keptFolder">): Promise<Pick<Kept, "tasks" | "database" | "files">> {
  const amount = tallyOf(database);
  const pragma = (name: string): number => number(database.prepare(`PRAGMA ${name}`).get() ?? {}, name);
  const pageBytes = pragma("page_size");
  const oldest = database
    .prepare(
      `SELECT received_at FROM task INDEXED BY task_all CROSS JOIN received USING (message_id)
       WHERE task_id > 0 AND state <> 'removed' ORDER BY task_id LIMIT 1`,
    )
    .get();
  const removed = amount("task removed");
  return {
    tasks: {
      count: amount("task open") + amount("task completed") + amount("task replaced"),
      removed,
      withoutMessage: amount("message removed") - removed,
      ...present({ since: oldest && optionalTime(oldest, "received_at") }),
    },
    database: { bytes: pageBytes * pragma("page_count"), freeBytes: pageBytes * pragma("freelist_count") },
    files: await filesIn(keptFolder),
  };
}

async function filesIn(folder: string): Promise<Kept["files"]> {
  let [count, bytes] = [0, 0];
  try {
    for await (const { name } of await opendir(folder, { bufferSize: 256 })) {
      const found = await lstat(join(folder, name)).catch(() => undefined);
      if (!found?.isFile()) continue;
      count += 1;
      bytes += found.size;
    }
  } catch (error) {
    // No message has ever been kept as files.
    if (!isMissing(error)) throw error;
  }
  return { count, bytes };
}
