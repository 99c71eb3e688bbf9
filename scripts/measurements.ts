// What can be measured: where it is, how long it takes, and what it is held to. The figures of the bounds are where they are
// measured; here is what a reader of the help needs to know of them.

export interface Measurement {
  /** Below the top folder. */
  readonly file: string;
  readonly what: string;
  /** On two processors of 2026 that do little else. */
  readonly takes: string;
  readonly bounds: readonly string[];
  /** Runs only where it is named: it takes too long for every day. */
  readonly namedOnly?: boolean;
  /** What of it `--quick` runs, and against what. Absent: nothing. */
  readonly quick?: string;
  readonly options?: string;
  /** Of Node.js. */
  readonly flags?: readonly string[];
}

export const measurements: Readonly<Record<string, Measurement>> = {
  server: {
    file: "bench/server/main.ts",
    what: "the MESH server against a bare server that is as durable",
    takes: "3 minutes",
    bounds: [
      "processor time for a cycle and for a send of 1 KB: at most 2.8 of the bare one's (decision 167: the aim was 1.5)",
      "throughput: at least 0.4 of the bare one's (0.75); for cycles of 100 KB and 10 MB at least 0.9",
    ],
    quick: "processor time for a cycle and a send of 1 KB, 16 and 64 at a time: at most 4",
    options:
      "--only ROW, --rounds N, --cpu-prof FOLDER; --rows: in its place a bare server with all its rows, the floor",
  },
  memory: {
    file: "bench/memory/main.ts",
    what: "what the MESH server holds after very many messages, of a very large one, and of idle connections",
    takes: "5 to 10 minutes",
    bounds: [
      "after 200,000 cycles: at most 64 MB more than after 20,000",
      "one message of 2 GB: its peak at most 64 MB over that of messages of 100 KB",
      "2,000 idle connections: told, not bounded",
    ],
    namedOnly: true,
    quick:
      "after 2,000 cycles the heap is at most 2 MB over that after 1,000; one message of 200 MB adds at most 64 MB",
    options: "--cycles N",
  },
  client: {
    file: "bench/client/main.ts",
    what: "the directory client: 500 pairs of 1 KB from OUT to IN of 16 addressees against copying and syncing the same files twice; one pair of 400 MB against a plain upload, and what is held meanwhile; 50 mailboxes that wait",
    takes: "2 minutes",
    bounds: [
      "pairs: at least 0.5 of copying twice, processor time at most 8 of it",
      "the large pair: at least 0.7 of a plain upload, at most 96 MB more held",
      "idle mailboxes: at most 0.01 of a core",
    ],
    quick: "64 pairs and one of 40 MB, in processor time and memory; 50 mailboxes that wait for 3 seconds",
    options: "--only pairs, large or idle; --pairs N, --rounds N",
  },
  history: {
    file: "bench/history/main.ts",
    what: "what 1,000,000 messages that are done cost: start, cycles, and their deletion at once, against an empty store",
    takes: "10 minutes",
    bounds: ["cycles a second: at least 0.95", "start: at most 2 s more", "deletion: told, not bounded"],
    namedOnly: true,
    options: "--messages N, --rounds N",
  },
  nodes: {
    file: "bench/nodes/main.ts",
    what: "nodes on PostgreSQL: 1, 2 and 4 against as many bare loops of the same statements; whole servers over HTTPS, by process; beside a transaction that is held open for 10 minutes; with 1,000,000 messages in a mailbox",
    takes: "25 minutes",
    bounds: [
      "sends and cycles a second of one node: at least 0.5 of the bare loop's",
      "2 and 4 nodes: PostgreSQL's processor time for one at most 1.25 (1 / 0.8) of what it is with one node",
      "with the transaction held open, cycles at the end: at least 0.9 of a control's",
      "with 1,000,000 waiting, or left: each question at most 1.1 of one with 5,000",
      "whole servers: told, not bounded",
    ],
    namedOnly: true,
    options:
      "--only throughput, servers, held or depth; --rounds N, --minutes N; --small: in sizes that say that it runs, and no more",
  },
  "mesh-server": {
    file: "packages/mesh-server/bench/main.ts",
    what: "questions to a mailbox of 1,000,000 messages against one of 1,000",
    takes: "1 minute",
    bounds: ["each question: at most 1.1"],
    quick: "100,000 messages against 1,000, in processor time: at most 1.5",
  },
  itk3: {
    file: "packages/itk3/bench/main.ts",
    what: "reading and checking a message against saxes tokenising it, and against one another",
    takes: "five minutes (over 6 at a load of 12 on two cores)",
    bounds: [
      "time: 2 of saxes for a message with a report, 5 to 10 for one that is dense",
      "memory: 6 of the files' size with a report; characters beyond Latin-1: 1.3; an entry of 10,000: 1.5 of one of 10, and of 100",
      "the slowest of 20,000 damaged messages: 3 of the whole one",
    ],
    options: "--only WORDS, rows with these in their name",
    quick: "three kinds of message, in processor time (at most 2 of the bounds) and memory (1.5)",
    // Threads that gather garbage together wait for one another by spinning: where processor time is measured, a busy machine
    // would be half as much again, and another figure in each run.
    flags: ["--single-threaded-gc"],
  },
  practice: {
    file: "packages/practice/bench/main.ts",
    what: "messages of 80 KB that a practice takes in and answers twice by directory, against reading the same files and committing the same rows",
    takes: "1 minute",
    bounds: ["a second: at least 0.05 of the bare loop's"],
  },
  worklist: {
    file: "packages/worklist/bench/main.ts",
    what: "how long a practice's event loop stands still, against the smallest document; a page of a list against an empty one; lists, searches and a task among 50,000 tasks, while 100 messages a minute arrive and 10 people read, against one page of tasks",
    takes: "3 minutes",
    bounds: [
      "stall: 5 (500 KB) to 100 (50 MB)",
      "page of 50 rows: 8 to 14",
      "p95 of each page among 50,000 tasks: 1.5",
    ],
  },
  testkit: {
    file: "packages/testkit/bench/main.ts",
    what: "a server started and closed, against a bare process of Node.js",
    takes: "10 seconds",
    bounds: ["told, not bounded"],
  },
};
