import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import type { TestContext } from "node:test";
import type { PracticeContext } from "../../src/context.ts";
import type { RetentionDays } from "../../src/kept.ts";
import type { PracticeOptions } from "../../src/options.ts";
import { createRetention, type Retention } from "../../src/retention/retention.ts";
import { openDatabase } from "../../src/store/database.ts";
import { deliver, type DirectoryPractice, markSent, openPractice, pairsIn } from "../support/economy.ts";
import { workflowId } from "../support/messages.ts";
import { receiver, sender } from "../support/organisations.ts";
import { type Person, person } from "../support/person.ts";

export const HOUR = 3_600_000;
export const DAY: number = 24 * HOUR;
/** So often a pass ends as time goes by. */
const step = DAY;

export interface Keeping {
  to: DirectoryPractice;
  person: Person;
  database: DatabaseSync;
  retention: Retention;
  /** Time goes by, by clock and uptime, and passes end. */
  pass(ms: number): Promise<void>;
  /** A start with these settings, which has run for a day. */
  begin(days: RetentionDays | undefined): Promise<void>;
  start(days: RetentionDays | undefined): void;
  /** Messages that are taken in, and whose answers leave. Their tasks. */
  receive(...xml: string[]): Promise<number[]>;
}

export async function keep(t: TestContext, changes: Partial<PracticeOptions> = {}): Promise<Keeping> {
  const to = await openPractice(t, receiver, changes);
  const database = await openDatabase(to.options.dataFolder);
  t.after(() => database.isOpen && database.close());
  const { clock, events, options } = to;
  const context = {
    database,
    clock,
    emit: (event) => events.push(event),
    organisation: receiver,
    businessResponse: options.businessResponse,
    keptFolder: join(options.dataFolder, "kept"),
  } as Partial<PracticeContext> as PracticeContext;
  let uptime = 0;
  const keeping: Keeping = {
    to,
    person: person(to.practice.worklist),
    database,
    retention: createRetention(context, undefined, () => uptime),
    async pass(ms) {
      for (let left = ms; left > 0; left -= step) {
        clock.advance(Math.min(left, step));
        uptime += Math.min(left, step);
        keeping.retention.turn();
        await keeping.retention.idle();
      }
      // What is begun goes on at the end of each pass.
      for (let turn = 0; turn < 20; turn += 1) {
        keeping.retention.turn();
        await keeping.retention.idle();
      }
    },
    start(days) {
      keeping.retention = createRetention(context, days, () => uptime);
      keeping.retention.turn();
    },
    async begin(days) {
      keeping.start(days);
      await keeping.pass(25 * HOUR);
    },
    async receive(...messages) {
      const before = new Set((await keeping.person.tasks()).map(({ taskId }) => taskId));
      for (const xml of messages) deliver(to, xml, { from: sender.mailboxId, workflowId, subject: "About Rarename" });
      await to.practice.cycle();
      await to.practice.cycle();
      for (const { name } of pairsIn(join(to.folder, "OUT"))) markSent(to, name, `SENT${(sent += 1)}`);
      await to.practice.cycle();
      const all = await keeping.person.tasks({}, "oldest");
      return all.map(({ taskId }) => taskId).filter((taskId) => !before.has(taskId));
    },
  };
  let sent = 0;
  return keeping;
}

/** Of what went: how many tasks and messages at each turn. */
export const removals = ({ to }: Keeping): number[][] =>
  to.events.flatMap((event) => (event.event === "records-removed" ? [[event.tasks, event.messages]] : []));
export const lastKept = ({ to }: Keeping): object => ({
  ...to.events.findLast(({ event }) => event === "records-kept"),
});
