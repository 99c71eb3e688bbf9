// Removes what is old of a practice in a process of its own, to be killed: `node removing-process.ts DATAFOLDER NOW`.
import type { PracticeContext } from "../../src/context.ts";
import { createRetention } from "../../src/retention/retention.ts";
import { openDatabase } from "../../src/store/database.ts";
import { receiver } from "./organisations.ts";

const [, , folder = "", now = ""] = process.argv;
const context = {
  database: await openDatabase(folder),
  clock: { now: () => new Date(now) },
  emit: ({ event }) => process.send?.(event),
  organisation: receiver,
  businessResponse: { kind: "onMatch" },
  keptFolder: `${folder}/kept`,
} as Partial<PracticeContext> as PracticeContext;
let uptime = 0;
const retention = createRetention(context, { tasks: 30 }, () => uptime);
process.send?.("started");
// Five minutes after the start it begins.
for (;;) {
  retention.turn();
  await retention.idle();
  uptime += 10 * 60_000;
}
