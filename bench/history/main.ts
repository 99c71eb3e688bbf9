// What a million messages that are done, sent and acknowledged within the last weeks, cost a MESH server: its start, and cycles
// (send, list, download, acknowledge over HTTPS with mutual TLS), against a server with an empty store, in turns. Then what
// clients meet while a hundred thousand of them, and then all the others, are to be deleted at once. Exit code 1 if a bound
// does not hold.
//
//   npm run bench -- history [--messages N] [--rounds N]

import { randomBytes } from "node:crypto";
import { parseArgs } from "node:util";

import { testMailboxes } from "@restante/testbed";
import type { MailboxId } from "@restante/mesh";

import { fillDone } from "../../packages/mesh-server/bench/fill.ts";
import { isWithin, median, ratio, table, takeTurns } from "../measure.ts";
import { createLoad, type Load } from "../server/load.ts";
import type { Task } from "../server/measured-process.ts";
import { prepareServer } from "../server/prepare-server.ts";
import { type MeasuredServer, startProcess } from "../server/start-process.ts";
import { makeDue, watchDeletion } from "./deletion.ts";

const { values } = parseArgs({
  options: { messages: { type: "string", default: "1000000" }, rounds: { type: "string", default: "9" } },
});
const messages = Number(values.messages);
const rounds = Number(values.rounds);
const tokens = messages / 10;
const mailboxes = [
  testMailboxes.practice,
  testMailboxes.sender,
  ...Array.from({ length: 98 }, (_, index) => `HISTORY${String(index).padStart(3, "0")}`),
] as MailboxId[];
const body = randomBytes(1000);
const atATime = 16;
/** Each server has two turns in a round, as on a seesaw: what changes meanwhile on the machine meets both alike. */
const cyclesInTurn = 100;
/** Of each server before the first: one that has run for days has its code compiled. */
const cyclesToWarm = 3000;
const roundsOfCycles = 3 * rounds;
const bounds = { cycles: 0.95, start: 2000 };

interface Subject {
  readonly task: Task;
  readonly start: () => Promise<MeasuredServer>;
  readonly load: (server: MeasuredServer) => Promise<Load>;
}

const closing = new AsyncDisposableStack();
try {
  const [empty, full, control] = [await prepare(), await prepare(), await prepare()];
  fillDone(full.task.dataFolder, messages, mailboxes, tokens);
  await starts();
  const rate = await cycles();
  await deletion(messages / 10, rate);
  await deletion(messages - messages / 10, rate);

  async function starts(): Promise<void> {
    const taken = { empty: [] as number[], full: [] as number[] };
    for (let round = 0; round <= rounds; round += 1) {
      for (const [name, subject] of Object.entries({ empty, full })) {
        const began = performance.now();
        await using _server = await subject.start();
        if (round > 0) taken[name as keyof typeof taken].push(performance.now() - began);
      }
    }
    const more = median(taken.full.map((time, round) => time - (taken.empty[round] ?? Number.NaN)));
    isWithin("start", "ms more than an empty store's", more, { atMost: bounds.start });
    const figures = [taken.empty, taken.full].map((times) => median(times).toFixed(0));
    print(
      ["start", "ms: empty, full", "ms more", `bound ${bounds.start}`],
      ["", figures.join(", "), more.toFixed(0), ""],
    );
  }

  /** Cycles a second of the full one. A second empty one is the control: by how much two stores alike differ in these turns. */
  async function cycles(): Promise<number> {
    await using closing = new AsyncDisposableStack();
    const begin = async ({ start, load }: Subject) => {
      const server = closing.use(await start());
      const begun = { server, load: closing.use(await load(server)), cpu: 0 };
      await begun.load.cycles(cyclesToWarm);
      await server.stall();
      return begun;
    };
    const begun = { empty: await begin(empty), full: await begin(full), control: await begin(control) };
    const run = (of: (typeof begun)["empty"]) => async () => {
      const before = await of.server.cpu();
      await of.load.cycles(cyclesInTurn);
      of.cpu += (await of.server.cpu()) - before;
    };
    const [runEmpty, runFull, runControl] = [run(begun.empty), run(begun.full), run(begun.control)];
    const there = { empty: runEmpty, full: runFull, control: runControl };
    const back = { controlAgain: runControl, fullAgain: runFull, emptyAgain: runEmpty };
    const taken = await takeTurns({ ...there, ...back }, roundsOfCycles);
    const both = (name: keyof typeof there): number[] =>
      taken[name].map((time, round) => time + (taken[`${name}Again`][round] ?? Number.NaN));
    const times = { empty: both("empty"), full: both("full"), control: both("control") };
    const throughput = ratio(times.empty, times.full);
    const rate = (2 * cyclesInTurn * 1000) / median(times.full);
    isWithin("cycles", "throughput, full / empty", throughput, { atLeast: bounds.cycles });
    const stalls = [await begun.empty.server.stall(), await begun.full.server.stall()];
    print(
      [
        "cycles",
        `full / empty (bound ${bounds.cycles})`,
        "an empty / another",
        "CPU: full / empty, control",
        "a second",
        "longest stall, ms: empty, full",
      ],
      [
        "",
        throughput.toFixed(2),
        ratio(times.empty, times.control).toFixed(2),
        [begun.full, begun.control].map(({ cpu }) => (cpu / begun.empty.cpu).toFixed(2)).join(", "),
        rate.toFixed(0),
        stalls.map((stall) => stall.toFixed(0)).join(", "),
      ],
    );
    return rate;
  }

  /**
   * With cycles beside it until nothing is due any more. How long a busy machine lets a process stand still is told by a server
   * that has nothing to do.
   */
  async function deletion(count: number, rateBefore: number): Promise<void> {
    makeDue(full.task.dataFolder, count);
    await using idle = await empty.start();
    await using server = await full.start();
    using load = await full.load(server);
    for (const each of [idle, server]) await each.stall();
    const found = await watchDeletion(full.task.dataFolder, async () => {
      await load.cycles(atATime);
      return atATime;
    });
    const stalls = [await idle.stall(), await server.stall()];
    print(
      [
        "deletion",
        "messages",
        "seconds",
        "a second",
        "cycles beside / alone",
        "longest stall, ms: of an idle server, of this",
        "largest journal, MB",
      ],
      [
        "",
        String(count),
        found.seconds.toFixed(0),
        (count / found.seconds).toFixed(0),
        (found.done / found.seconds / rateBefore).toFixed(2),
        stalls.map((stall) => stall.toFixed(0)).join(", "),
        (found.journal / 1e6).toFixed(0),
      ],
    );
  }
} finally {
  await closing.disposeAsync();
}

async function prepare(): Promise<Subject> {
  const { authority, config } = await prepareServer(closing);
  return {
    task: config,
    start: () => startProcess({ file: "ours.ts" }, config),
    load: ({ url }) => createLoad({ url, config, authority, clock: undefined }, body, atATime),
  };
}

function print(head: readonly string[], row: readonly string[]): void {
  console.log(`${table(head, [row])}\n`);
}
