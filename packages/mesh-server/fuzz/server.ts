// The server that is fuzzed, in a process of its own, so that its memory is its alone: its settings come as the first
// message, what is asked of it after. It ends when its parent does.

import { setTimeout as delay } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

import { embeddedDemographics } from "@restante/demographics";
import { testDirectory } from "@restante/testbed";

import { type Door, serve, type ServerSettings } from "../src/serve.ts";

export interface Begin {
  settings: ServerSettings;
  doors: readonly Door[];
}

export type Asked = { ask: "memory" } | { ask: "advance"; milliseconds: number };

export interface Memory {
  heap: number;
  rss: number;
  /** Connections that are open. */
  sockets: number;
}

process.once("disconnect", () => process.exit());
process.once("message", (begin: Begin) => void run(begin));

async function run({ settings, doors }: Begin): Promise<void> {
  let ahead = 0;
  const { urls } = await serve(settings, doors, {
    demographics: embeddedDemographics(testDirectory()),
    aheadMs: () => ahead,
  });
  process.on("message", (asked: Asked) => {
    if (asked.ask === "memory") void memoryInUse().then((memory) => process.send?.(memory));
    else {
      ahead += asked.milliseconds;
      process.send?.({});
    }
  });
  process.send?.(urls);
}

/** What is held once everything that can be collected is. */
async function memoryInUse(): Promise<Memory> {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  for (let turn = 0; turn < 4; turn += 1) {
    collect();
    await delay(20);
  }
  const { heapUsed, external, rss } = process.memoryUsage();
  const sockets = process.getActiveResourcesInfo().filter((name) => name === "TCPSocketWrap").length;
  return { heap: heapUsed + external, rss, sockets };
}
