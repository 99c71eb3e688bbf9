// A practice in a process of its own, to be killed: `node practice-process.ts SETTINGS.json`.
import { readFileSync } from "node:fs";
import type { MailboxId } from "@restante/mesh";
import { createMeshClient, type MeshClientOptions } from "@restante/mesh-client";
import type { PracticeOptions } from "../../src/options.ts";
import { createPractice } from "../../src/practice.ts";
import { demographicsOf, record } from "./demographics.ts";

/** What of a practice can be written down. */
export interface ProcessSettings {
  options: Pick<PracticeOptions, "organisation" | "role" | "businessResponse" | "dataFolder" | "strictness">;
  transport: { kind: "directory"; mailboxId: MailboxId; folder: string } | { kind: "api"; client: MeshClientOptions };
}

const [, , file = ""] = process.argv;
const { options, transport } = JSON.parse(readFileSync(file, "utf8")) as ProcessSettings;
const practice = await createPractice({
  ...options,
  transports: [transport.kind === "api" ? { kind: "api", client: createMeshClient(transport.client) } : transport],
  patients: demographicsOf(record()),
  pollIntervalMs: 5,
  tuning: { batchSize: 3, retryAfterMs: 100 },
});
practice.start();
process.send?.("started");
