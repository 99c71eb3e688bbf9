// A practice in a process of its own, to be killed: `node practice-process.ts SETTINGS.json`.
import { readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import type { MailboxId } from "@restante/mesh";
import { createMeshClient, type MeshClientOptions } from "@restante/mesh-client";
import { thisComputer } from "../../src/actor.ts";
import type { MatchVerdict } from "../../src/matching.ts";
import type { PracticeOptions } from "../../src/options.ts";
import { createPractice } from "../../src/practice.ts";
import { demographicsOf, record } from "./demographics.ts";

/** What of a practice can be written down. */
export interface ProcessSettings {
  options: Pick<
    PracticeOptions,
    "organisation" | "role" | "businessResponse" | "dataFolder" | "strictness" | "undoSeconds" | "notices"
  >;
  /** Somebody sits at it, and says this of whatever waits to be matched. */
  verdict?: MatchVerdict;
  transport: { kind: "directory"; mailboxId: MailboxId; folder: string } | { kind: "api"; client: MeshClientOptions };
}

const [, , file = ""] = process.argv;
const { options, transport, verdict } = JSON.parse(readFileSync(file, "utf8")) as ProcessSettings;
const practice = await createPractice({
  ...options,
  transports: [transport.kind === "api" ? { kind: "api", client: createMeshClient(transport.client) } : transport],
  patients: demographicsOf(record()),
  pollIntervalMs: 5,
  tuning: { batchSize: 3, retryAfterMs: 100 },
});
practice.start();
process.send?.("started");
if (verdict !== undefined) await sayOfAll(verdict);

async function sayOfAll(verdict: MatchVerdict): Promise<never> {
  for (;;) {
    const { items } = await practice.worklist.matches({ actor: thisComputer });
    for (const { task } of items) {
      const by = { actor: thisComputer, version: task.version };
      await practice.worklist.matchByHand(task.taskId, { verdict, sends: true }, by);
    }
    await delay(1);
  }
}
