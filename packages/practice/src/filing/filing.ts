// Saves documents for a record system: store/filings.ts has how each of them stands. Beside the passes, since the disk of another
// machine may keep it waiting for as long as it likes, and letters come in meanwhile.
//
//   idle      Nothing is being done. At the end of a pass it begins with whatever is due.
//   saving    One document after the other, in the order in which they were asked for. A pass that ends meanwhile has it go through
//             them once more; one that ends when it has been at it for a quarter of an hour says so.
//
// What keeps one document from being written, such as a full disk, keeps all of them: they fail with it, and are tried again
// together. What is amiss with one alone leaves the others saved.

import { lastingTroubles } from "@restante/mesh";
import type { PracticeContext } from "../context.ts";
import { codeOf, reasonOf } from "../errors.ts";
import { retryAt } from "../hand-over/retry.ts";
import {
  anyFailing,
  type FilingProblem,
  noteFailure,
  type WaitingFiling,
  waitingFilings,
  wholeFilings,
} from "../store/filings.ts";
import { isDueAt } from "../work.ts";
import { filingFolder } from "./folder.ts";
import { isOfFolder, problemOf } from "./problems.ts";
import { type Saved, saveOne } from "./save-one.ts";

export interface Filing extends AsyncDisposable {
  /** At the end of a pass: begins what is due, and does not wait for it. */
  turn(): void;
  /** Resolves when nothing is being done. */
  idle(): Promise<void>;
}

const atOnce = 20;
const silentMs = 15 * 60 * 1000;
const silent: FilingProblem = {
  code: "disk-silent",
  reason: "The disk of the record system's folder does not answer.",
};

/** @param wake has a pass follow after so many milliseconds */
export function createFiling(context: PracticeContext, root: string, wake: (afterMs: number) => void): Filing {
  const { database, clock, emit, organisation, tuning, troubles: standing } = context;
  const { odsCode } = organisation;
  const folder = filingFolder(root, odsCode);
  const troubles = lastingTroubles(clock);
  const ending = new AbortController();
  let working: Promise<void> | undefined;
  let since = clock.now();
  let again = false;
  /** Nothing that is not to be saved lies hidden in the folder. */
  let isSwept = false;

  async function work(): Promise<void> {
    // First what a kill has left: before anything is written there, so that what is found is what it left.
    for (const filing of wholeFilings(database)) if (!(await trySaving(filing))) return;
    if (!isSwept) await sweep();
    let tried = 0;
    for (const filing of waiting()) {
      if (ending.signal.aborted) return;
      if (!isDueAt(filing.dueAt, clock.now())) continue;
      if (!(await trySaving(filing))) return;
      tried += 1;
    }
    const failing = anyFailing(database);
    if (failing === undefined) {
      // What was stopped is no trouble any more either.
      standing.worked("filing");
      troubles.retain([]);
    } else if (tried > 0) standing.failed("filing", undefined, { ...failing, some: true });
  }

  function* waiting(): Generator<WaitingFiling> {
    let page = waitingFilings(database, 0, atOnce);
    for (; page.length > 0; page = waitingFilings(database, page.at(-1)?.filingId ?? 0, atOnce)) yield* page;
  }

  /** False: nothing else can be saved now either. */
  async function trySaving(filing: WaitingFiling): Promise<boolean> {
    const { filingId, taskId, attempts } = filing;
    try {
      const saved = await saveOne(context, folder, filing);
      if (saved !== undefined) tellSaved(taskId, saved);
      return true;
    } catch (error) {
      isSwept = false;
      const isOfAll = isOfFolder(error);
      const problem = problemOf(error);
      const now = clock.now();
      const dueAt = retryAt(now, attempts, tuning.retryAfterMs);
      noteFailure(database, isOfAll ? "all-asked" : filingId, problem, dueAt);
      wake(dueAt.getTime() - now.getTime());
      tellFailed(isOfAll ? undefined : taskId, problem);
      return !isOfAll;
    }
  }

  function tellFailed(taskId: number | undefined, { code, reason }: FilingProblem): void {
    const ofOne = taskId !== undefined;
    standing.failed("filing", undefined, { code, reason, ...(ofOne && { some: true }) });
    const told = troubles.met(topicOf(taskId), code);
    if (told === undefined) return;
    emit({ event: "work-held-up", odsCode, work: "filing", ...(ofOne && { taskId }), code, reason, ...told });
  }

  function tellSaved(taskId: number, { folder: name, size }: Saved): void {
    emit({ event: "document-saved", odsCode, taskId, folder: name, ...size });
    for (const about of [undefined, taskId]) {
      const told = troubles.over(topicOf(about));
      if (told === undefined) continue;
      emit({ event: "work-resumed", odsCode, work: "filing", ...(about !== undefined && { taskId: about }), ...told });
    }
  }

  /** What a kill has left, and what was stopped. Where it cannot, the next turn does: what is saved there tells of it. */
  async function sweep(): Promise<void> {
    const kept = [...waiting()].filter(({ step }) => step !== "asked").map((filing) => filing.folder);
    isSwept = await folder.sweep(new Set(kept)).then(
      () => true,
      () => false,
    );
  }

  function begin(): void {
    since = clock.now();
    again = false;
    working = work()
      // The database: what is to be saved waits there.
      .catch((error: unknown) => tellFailed(undefined, { code: codeOf(error), reason: reasonOf(error) }))
      .finally(() => {
        working = undefined;
        if (again && !ending.signal.aborted) begin();
      });
  }

  return {
    turn() {
      if (ending.signal.aborted) return;
      if (working === undefined) begin();
      else again = true;
      if (clock.now().getTime() - since.getTime() > silentMs) tellFailed(undefined, silent);
    },
    idle: async () => working,
    async [Symbol.asyncDispose]() {
      ending.abort();
      await working;
    },
  };
}

function topicOf(taskId: number | undefined): string {
  return taskId === undefined ? "folder" : String(taskId);
}
