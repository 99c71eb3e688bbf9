// The longest that the event loop stands still while a practice takes a message in and shows it, as a ratio to the smallest
// document there is, of some KB: what other practices, pages and handshakes in the same process wait for. And lists and searches of very many tasks: find-tasks.ts.
import { createHash } from "node:crypto";
import type { TestContext } from "node:test";
import { performance } from "node:perf_hooks";
import { isWithin, median, table } from "../../../bench/measure.ts";
import { thisComputer } from "@restante/practice";
import { deliver, type DirectoryPractice, openPractice } from "../../practice/test/support/economy.ts";
import { message, response, workflowId } from "../../practice/test/support/messages.ts";
import { receiver, sender } from "../../practice/test/support/organisations.ts";
import { openPages } from "../test/open-pages.ts";
import { measureFinding } from "./find-tasks.ts";
import { measureListPages } from "./list-pages.ts";

interface Subject {
  name: string;
  /** The longest stall as a ratio to that of the first subject. */
  bound: number;
  /** One for each round: a document is taken in once. */
  make: () => { xml: string; workflowId: string };
  path: string;
}

const rounds = 7;

function bytesOf(length: number): Buffer {
  const pieces: Buffer[] = [];
  for (let made = 0; made < length; made += 64) pieces.push(createHash("sha512").update(String(made)).digest());
  return Buffer.concat(pieces).subarray(0, length);
}

const document = (count: number, bytes: number) => () => {
  const contentType = "application/x-unheard-of";
  const attachments = Array.from({ length: count }, (_, index) => ({
    title: `File ${index}`,
    contentType,
    bytes: bytesOf(bytes),
  }));
  return { xml: message({ attachments }).xml, workflowId };
};

/** Padded behind its end with what a reader passes over. */
function strayOf(length: number): string {
  const { xml } = response("never-sent", "20013");
  return `${xml}<!--${"x".repeat(length)}-->`;
}

const subjects: readonly Subject[] = [
  { name: "a document with nothing but its report", bound: 1, make: document(0, 0), path: "/tasks" },
  { name: "500 KB in one attachment", bound: 5, make: document(1, 375_000), path: "/tasks" },
  { name: "3,000 attachments, 441 KB", bound: 15, make: document(3000, 60), path: "/tasks" },
  { name: "4 MB in one attachment", bound: 25, make: document(1, 3_000_000), path: "/tasks" },
  {
    name: "an unmatched response of 3 MB",
    bound: 15,
    make: () => ({ xml: strayOf(3_000_000), workflowId: `${workflowId}_ACK` }),
    path: "/unmatched",
  },
  {
    name: "50 MB that is no message",
    bound: 100,
    make: () => ({ xml: "x".repeat(50_000_000), workflowId: "SOME_SPREADSHEET" }),
    path: "/",
  },
];

/** The longest time between two turns of the loop while `work` goes on, in milliseconds. */
async function longestStall(work: () => Promise<void>): Promise<number> {
  let longest = 0;
  let last = performance.now();
  let going = true;
  const turn = (): void => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
    if (going) setImmediate(turn);
  };
  setImmediate(turn);
  await work();
  going = false;
  return longest;
}

async function takeInAndShow(to: DirectoryPractice, url: string, path: string): Promise<void> {
  await to.practice.cycle();
  const newest = await to.practice.worklist.tasks({ actor: thisComputer, page: { number: 1, size: 1 } });
  const task = newest.items[0];
  const pages = path === "/tasks" ? [`/tasks/${task?.taskId}`, `/tasks/${task?.taskId}/attachments/0`] : [path];
  for (const page of pages) await (await fetch(`${url}${page}`)).arrayBuffer();
}

const closing = new AsyncDisposableStack();
const t = { after: (close: () => unknown) => closing.defer(async () => void (await close())) } as TestContext;
try {
  const to = await openPractice(t, receiver);
  const pages = await openPages(t, { worklist: to.practice.worklist, organisation: receiver });
  const stalls = new Map(subjects.map((subject) => [subject, [] as number[]]));
  // The first rounds warm up: a practice runs for days.
  for (let round = -3; round < rounds; round += 1) {
    for (const subject of subjects) {
      const { xml, workflowId } = subject.make();
      deliver(to, xml, { from: sender.mailboxId, workflowId });
      const stall = await longestStall(async () => takeInAndShow(to, pages.url, subject.path));
      if (round >= 0) stalls.get(subject)?.push(stall);
    }
  }
  const [first] = stalls.values();
  const least = median(first ?? []);
  const rows = Array.from(stalls, ([{ name, bound }, times]) => {
    const ratio = median(times) / least;
    const within = isWithin(name, "longest stall / of the first", ratio, { atMost: bound });
    return [name, `${ratio.toFixed(1)} (${bound})`, within ? "" : "OVER THE BOUND"];
  });
  process.stdout.write(`${table(["message", "longest stall / of the first (bound)", ""], rows)}\n\n`);
  const lists = await measureListPages();
  process.stdout.write(`${table(["list", "time / of an empty one (bound)", ""], lists)}\n\n`);
  const finding = await measureFinding(t);
  const head = ["50,000 tasks, 100 more a minute, 10 people", "p95 / of 50 tasks (bound)", "p95", ""];
  process.stdout.write(`${table(head, finding)}\n`);
} finally {
  await closing.disposeAsync();
}
