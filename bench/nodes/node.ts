// The child's side of a node that is measured: the store on PostgreSQL under load, in a process of its own, and then the same
// statements once more by nothing but `pg`, on another database. It ends when its parent does.

import type { MailboxId } from "@restante/mesh";

import { openPostgresStore, type PostgresStore } from "../../packages/mesh-server/src/store/postgres/store.ts";
import { type Bare, openBare, record, type Recording } from "./recording.ts";
import { type Kind, work } from "./work.ts";

export interface Task {
  readonly url: string;
  /** Of the bare loop. */
  readonly bareUrl: string;
  readonly name: string;
  readonly connections: number;
}

/**
 * `run` does work, and says what it took; `record` does so too, and keeps what went to PostgreSQL; `replay` does that once more, by the
 * bare loop.
 */
export type Asked =
  | {
      readonly ask: "run" | "record";
      readonly kind: Kind;
      readonly count: number;
      readonly atATime: number;
      only?: string;
    }
  | { readonly ask: "replay" }
  | { readonly ask: "close" };

/** Milliseconds of the clock, and of the processor: all threads of this process. */
export interface Took {
  readonly ms: number;
  readonly cpu: number;
  readonly transactions: number;
  readonly statements: number;
}

let store: PostgresStore;
let bare: Bare;
let recording: Recording | undefined;

process.once("disconnect", () => process.exit());
process.once("message", (task: Task) => void begin(task));

async function begin({ url, bareUrl, name, connections }: Task): Promise<void> {
  store = await openPostgresStore({ url, node: name, connections });
  bare = openBare(bareUrl, connections);
  process.on("message", (asked: Asked) => {
    answer(asked).then(
      (took) => process.send?.(took),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  });
  process.send?.({});
}

async function answer(asked: Asked): Promise<Took | undefined> {
  switch (asked.ask) {
    case "run":
      return await measure(() => load(asked));
    case "record":
      return await measure(async () => {
        recording = await record(() => load(asked));
      });
    case "replay":
      return await measure(() => bare.replay(recording!));
    case "close":
      await store[Symbol.asyncDispose]();
      await bare.close();
      process.disconnect();
      return undefined;
  }
}

function load({ kind, count, atATime, only }: Extract<Asked, { count: number }>): Promise<void> {
  return work(store, kind, count, atATime, only as MailboxId | undefined);
}

async function measure(run: () => Promise<void>): Promise<Took> {
  const before = process.cpuUsage();
  const start = performance.now();
  await run();
  const ms = performance.now() - start;
  const { user, system } = process.cpuUsage(before);
  return {
    ms,
    cpu: (user + system) / 1000,
    transactions: recording?.transactions ?? 0,
    statements: recording?.statements ?? 0,
  };
}
