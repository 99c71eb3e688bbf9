import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as wait } from "node:timers/promises";
import { type Consultation, type Practice, readConsultation, thisComputer } from "@restante/practice";
import { type Economy, organisationOf } from "../../src/economy/economy.ts";
import { exampleFile } from "../../src/economy/examples.ts";
import { openPractice } from "../../src/economy/parts.ts";
import { openTasksOf } from "./worklists.ts";

/** A consultation like the example, small, with an id of its own. */
export async function smallConsultation(): Promise<Consultation> {
  const example = await readConsultation(exampleFile("consultation.json"));
  return { ...example, id: randomUUID(), attachments: [], sections: example.sections.slice(0, 1) };
}

/** An organisation's stored data, seen from outside the processes that work on it. */
export async function look(economy: Economy, odsCode: string, closing: AsyncDisposableStack): Promise<Practice> {
  return openPractice(economy, organisationOf(economy.directory, odsCode), "https://127.0.0.1", () => {}, closing);
}

/** Resolves when both acknowledgements of every report are in. */
export async function allAcknowledged(
  sender: Practice,
  headerIds: readonly string[],
  timeoutMs: number,
): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  const isAcknowledged = async (headerId: string): Promise<boolean> => {
    const report = await sender.worklist.report(headerId, thisComputer);
    return report?.infrastructure !== undefined && report.business !== undefined;
  };
  // One at a time: to look at all of them again and again would take more than what they wait for.
  for (const [index, headerId] of headerIds.entries()) {
    while (!(await isAcknowledged(headerId))) {
      if (performance.now() > deadline) {
        const rest = await Promise.all(headerIds.slice(index).map(isAcknowledged));
        const report = await sender.worklist.report(headerId, thisComputer);
        assert.fail(
          `${rest.filter((is) => !is).length} of ${headerIds.length} reports are not acknowledged; one of them: ${JSON.stringify(report)}`,
        );
      }
      await wait(200);
    }
  }
}

/**
 * Every report is one open task of the receiver, no two tasks are of one report, and each was answered once a level.
 * Gives how many messages came a second time and were recognised.
 */
export async function assertOneTaskEach(receiver: Practice, headerIds: readonly string[]): Promise<number> {
  const tasks = await openTasksOf(receiver);
  assert.deepEqual(tasks.map((task) => String(task.headerId)).toSorted(), headerIds.toSorted());
  for (const task of tasks) {
    assert.equal(task.kind, "document");
    assert.deepEqual(task.responses.map(({ level, code }) => `${level} ${code}`).toSorted(), [
      "business 30001",
      "infrastructure 20013",
    ]);
  }
  return tasks.reduce((sum, task) => sum + task.duplicates.length, 0);
}

/** What has become of the messages that the MESH server ever accepted: type and state, each kind once. */
export function messageStates(economy: Economy): string[] {
  using database = new DatabaseSync(join(economy.folder, "server", "store.sqlite"), { readOnly: true });
  return database
    .prepare("SELECT DISTINCT type || ' ' || state AS found FROM message ORDER BY found")
    .all()
    .map(({ found }) => String(found));
}

/** The names in one of a mailbox's folders, without the client's own files. */
export function filesIn(economy: Economy, mailboxId: string, folder: "IN" | "OUT" | "SENT" | "FAILED"): string[] {
  return readdirSync(join(economy.folder, "mesh", mailboxId, folder)).toSorted();
}
