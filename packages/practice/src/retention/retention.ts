// What is removed from the practice's data by its age, where its owner has set one, and how much is kept.
//
//   asleep     from one day's work to the next; until 5 minutes after a start.
//   walking    The tasks that are done, then those that were replaced, are gone through in the order in which they came, some at the
//              end of each pass: what rests for so many days (rests.ts) is removed, a few tasks a transaction, and not for longer
//              than a fifth of a second a pass. Then those of which something came after they, or their messages, were removed:
//              copies of their messages, and what was wrong with the answers to them. That goes by its own age.
//   sweeping   Where tasks went, the words that they were searched by are taken out of the index, and what was written before is
//              taken out of the journal of the database.
//   measuring  What is kept is told, once a day, and what went.
//
// Killed anywhere it begins anew at the next start: what was committed is gone, all else is as it was. By a clock that is doubted,
// and for a day after settings were made by which more goes, nothing is removed (durable, steady-clock.ts): so a setting that was
// typed wrong can be put right. What was rested since before 2020 was dated by a clock that had not been set, and stays. So does,
// with its task, a message whose files cannot be removed: the others go, and it is told.
//
// The pages of the database that become free are overwritten (secure_delete) and used again; its file does not shrink.

import { uptime } from "node:os";
import { createSteadyClock, inTransaction, type SteadyClock } from "@restante/durable";
import { lastingTroubles } from "@restante/mesh";
import type { PracticeContext } from "../context.ts";
import { codeOf, reasonOf } from "../errors.ts";
import type { Kept, RetentionDays } from "../kept.ts";
import { number, text } from "../queries/rows.ts";
import { measureKept } from "./measure-kept.ts";
import { removeSome, type Walk, walkFrom } from "./remove-some.ts";

export interface Retention extends AsyncDisposable {
  /** At the end of a pass: begins what is due, and does not wait for it. */
  turn(): void;
  /** Resolves when nothing is being done. */
  idle(): Promise<void>;
  kept(): Promise<Kept>;
}

const HOUR = 60 * 60 * 1000;
const DAY = 24 * HOUR;
const firstAfterMs = 5 * 60 * 1000;
/** After it failed. */
const againMs = HOUR;
const mostMsATurn = 200;
const who = "system with these settings";

type Step = "asleep" | Walk | "sweeping" | "measuring";

export function createRetention(
  context: PracticeContext,
  days: RetentionDays = {},
  uptimeMs: () => number = () => uptime() * 1000,
): Retention {
  const { database, clock, emit, organisation } = context;
  const { odsCode } = organisation;
  const isSet = Object.values(days).some((limit) => limit !== undefined);
  const troubles = lastingTroubles(clock);
  let steady: SteadyClock | undefined;
  let lookedAt = -Infinity;
  let dueAt = uptimeMs() + firstAfterMs;
  let step: Step = "asleep";
  let removed = { tasks: 0, messages: 0 };
  let hasSwept = false;
  let trouble: string | undefined;
  /** Why files stay, in this day's work. */
  let staying: string | undefined;
  const ending = new AbortController();
  let working: Promise<void> | undefined;

  function lookAtClock(): void {
    steady ??= createSteadyClock(
      { wall: () => clock.now().getTime(), uptime: uptimeMs },
      seenClock(context, days),
      who,
    );
    const { wall, steady: moved } = steady.look();
    database
      .prepare("INSERT OR REPLACE INTO retention_look (one, wall, steady, days) VALUES (1, ?, ?, ?)")
      .run(Math.round(wall), Math.round(moved), JSON.stringify(days));
    const why = steady.doubt();
    if (why === undefined) over("clock");
    else if (!steady.isNew()) met("clock", why);
  }

  function met(topic: string, reason: string): void {
    const told = troubles.met(topic, reason);
    if (told !== undefined) emit({ event: "retention-paused", odsCode, reason, ...told });
  }

  function over(topic: string): void {
    const told = troubles.over(topic);
    if (told !== undefined) emit({ event: "retention-resumed", odsCode, ...told });
  }

  function doubt(): string | undefined {
    return steady === undefined ? `no ${who} has run for a day yet` : steady.doubt();
  }

  async function work(): Promise<void> {
    if (isSet && uptimeMs() - lookedAt >= HOUR) {
      lookAtClock();
      lookedAt = uptimeMs();
    }
    if (step === "asleep") {
      if (uptimeMs() < dueAt) return;
      staying = undefined;
      step = isSet ? walkFrom : "measuring";
    }
    if (typeof step === "object") step = await walk(step);
    if (step === "sweeping") step = await sweep();
    if (step === "measuring") await measure();
    trouble = undefined;
    over("database");
  }

  async function walk(from: Walk): Promise<Step> {
    const until = performance.now() + mostMsATurn;
    const before = { ...removed };
    let at: Walk | undefined = from;
    try {
      while (at !== undefined && !ending.signal.aborted && performance.now() < until) {
        // At each step: since the last it may have jumped.
        steady?.look();
        at = doubt() === undefined ? removeNext(at) : undefined;
        await new Promise((resolve) => setImmediate(resolve));
      }
    } finally {
      const [tasks, messages] = [removed.tasks - before.tasks, removed.messages - before.messages];
      if (tasks + messages > 0) emit({ event: "records-removed", odsCode, tasks, messages });
    }
    return at ?? (removed.tasks + removed.messages > 0 ? "sweeping" : "measuring");
  }

  function removeNext(at: Walk): Walk | undefined {
    const { gone, stays, next } = inTransaction(database, () => removeSome(context, days, at));
    removed = { tasks: removed.tasks + gone.tasks, messages: removed.messages + gone.messages };
    staying = stays ?? staying;
    if (next !== undefined) return next;
    if (staying === undefined) over("files");
    else met("files", staying);
    return undefined;
  }

  /** The words of what was removed stand in the index until what it is made of is put together anew: a part at a time. */
  async function sweep(): Promise<Step> {
    const until = performance.now() + mostMsATurn;
    const changes = database.prepare("SELECT total_changes() AS changes");
    const merge = database.prepare("INSERT INTO task_words (task_words, rank) VALUES ('merge', ?)");
    while (!ending.signal.aborted && performance.now() < until) {
      const before = number(changes.get() ?? {}, "changes");
      merge.run(hasSwept ? 100 : -100);
      hasSwept = true;
      if (number(changes.get() ?? {}, "changes") - before >= 2) {
        await new Promise((resolve) => setImmediate(resolve));
        continue;
      }
      hasSwept = false;
      emptyJournal();
      return "measuring";
    }
    return "sweeping";
  }

  /** Others that read it now keep it from being emptied, and are not waited for: it is tomorrow, or when the system ends. */
  function emptyJournal(): void {
    const { timeout } = database.prepare("PRAGMA busy_timeout").get() as { timeout: number };
    database.exec("PRAGMA busy_timeout = 0");
    try {
      database.prepare("PRAGMA wal_checkpoint(TRUNCATE)").get();
    } finally {
      database.exec(`PRAGMA busy_timeout = ${timeout}`);
    }
  }

  async function measure(): Promise<void> {
    const { tasks, database: file, files } = await measureKept(context);
    if (ending.signal.aborted) return;
    emit({
      event: "records-kept",
      odsCode,
      tasks: tasks.count,
      databaseBytes: file.bytes,
      freeBytes: file.freeBytes,
      files: files.count,
      fileBytes: files.bytes,
      ...(days.tasks !== undefined && { removedTasks: removed.tasks }),
      ...((days.tasks ?? days.messages) !== undefined && { removedMessages: removed.messages }),
    });
    removed = { tasks: 0, messages: 0 };
    step = "asleep";
    dueAt = uptimeMs() + DAY;
  }

  function failed(error: unknown): void {
    step = "asleep";
    dueAt = uptimeMs() + againMs;
    trouble = reasonOf(error);
    met("database", `${codeOf(error)}: ${trouble}`);
  }

  return {
    turn() {
      if (working !== undefined || ending.signal.aborted) return;
      working = work()
        .catch((error: unknown) => failed(error))
        .finally(() => (working = undefined));
    },
    idle: async () => working,
    async kept() {
      steady?.look();
      const waits = isSet ? (trouble ?? doubt()) : undefined;
      return { ...(await measureKept(context)), days, ...(waits !== undefined && { waitsFor: waits }) };
    },
    async [Symbol.asyncDispose]() {
      ending.abort();
      await working;
    },
  };
}

/** Of a clock that was held against settings by which less goes, nothing is believed yet. */
function seenClock({ database }: PracticeContext, days: RetentionDays): { wall: number; steady: number } | undefined {
  const row = database.prepare("SELECT wall, steady, days FROM retention_look").get();
  if (row === undefined) return undefined;
  const before = JSON.parse(text(row, "days")) as RetentionDays;
  const isLess = (["tasks", "messages", "audit"] as const).some(
    (name) => (days[name] ?? Infinity) < (before[name] ?? Infinity),
  );
  return { wall: number(row, "wall"), steady: isLess ? 0 : number(row, "steady") };
}
