// How many messages a second a practice takes in and answers, by directory, both answers handed over: against a bare loop that
// reads the same files and commits the same rows, each message in one transaction, and checks, matches, answers and tells
// nothing; and against that loop where it also writes the answers' files, as durably. In turns, on one disk, in one process.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { isWithin, median, ratio, table } from "../../../bench/measure.ts";
import { message, workflowId } from "../test/support/messages.ts";
import { deliver, type DirectoryPractice, openPractice } from "../test/support/economy.ts";
import { receiver, sender } from "../test/support/organisations.ts";
import { copyInbox, openBare } from "./bare.ts";

const messages = 100;
const rounds = 7;
/** Of the bare loop's messages a second. */
const bound = 0.05;
/** Of the report in each: a letter of two pages. */
const reportBytes = 60_000;

interface Times {
  readonly ours: number[];
  readonly bare: number[];
  readonly withFiles: number[];
}

const times: Times = { ours: [], bare: [], withFiles: [] };
let rowsEach = 0;
// The first round warms up: a practice runs for days.
for (let round = -1; round < rounds; round += 1) {
  await using closing = new AsyncDisposableStack();
  const t = { after: (close: () => unknown) => closing.defer(async () => void (await close())) } as TestContext;
  const practice = await openPractice(t, receiver);
  fill(practice);
  const inbox = copyInbox(practice);
  const ours = await timed(async () => answerAll(practice));
  const bare = await openBare(practice, inbox);
  rowsEach = bare.rowsEach;
  const alone = await timed(async () => bare.readAndCommit());
  const withFiles = await timed(async () => bare.readCommitAndWrite());
  if (round < 0) continue;
  times.ours.push(ours);
  times.bare.push(alone);
  times.withFiles.push(withFiles);
}
const figure = ratio(times.bare, times.ours);
const within = isWithin("messages taken in and answered", "a second, of the bare loop's", figure, { atLeast: bound });
const aSecond = (each: readonly number[]): string => (messages / (median(each) / 1000)).toFixed(0);
const head = ["100 messages, two answers each", "a second", "of the bare loop", "bound"];
process.stdout.write(
  `${table(head, [
    ["a practice", aSecond(times.ours), figure.toFixed(2), within ? String(bound) : `OVER THE BOUND: ${bound}`],
    [`the same files and ${rowsEach.toFixed(1)} rows each`, aSecond(times.bare), "1.00", ""],
    ["and the answers' files", aSecond(times.withFiles), ratio(times.bare, times.withFiles).toFixed(2), "told"],
  ])}\n`,
);

function fill(practice: DirectoryPractice): void {
  for (let made = 0; made < messages; made += 1) {
    const report = { contentType: "application/pdf" as const, bytes: Buffer.alloc(reportBytes, `%PDF-1.7 ${made} `) };
    deliver(practice, message({ report }).xml, { from: sender.mailboxId, workflowId });
  }
}

/** Until nothing is in IN, and two answers to each stand in OUT. */
async function answerAll({ practice, folder }: DirectoryPractice): Promise<void> {
  const named = (name: string): number =>
    readdirSync(join(folder, name)).filter((file) => file.endsWith(".ctl")).length;
  while (named("IN") > 0 || named("OUT") < messages * 2) await practice.cycle();
}

async function timed(work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
