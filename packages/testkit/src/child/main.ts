// The server of `startServer({ process: true })`. What it is to do comes as the first message of the test's process. It ends
// with that process, however that ends, and then takes its temporary folder along.

import { rmSync } from "node:fs";

import { CodedError } from "@restante/mesh";
import { createDevelopmentServer } from "@restante/mesh-server/development";

import { demographicsOf } from "../server-config.ts";
import type { ChildAnswer, ChildTask } from "./words.ts";

const answer = (words: ChildAnswer): unknown => process.send?.(words);

process.once("message", (task: ChildTask) => {
  run(task).catch((error: unknown) => {
    const code = error instanceof CodedError ? error.code : "unknown";
    answer({ failed: { code, message: Error.isError(error) ? error.message : "unknown" } });
    process.disconnect();
  });
});

async function run({ config, patients, isTemporary }: ChildTask): Promise<void> {
  process.once("disconnect", () => {
    if (isTemporary) rmSync(config.dataFolder, { recursive: true, force: true, maxRetries: 3 });
    process.exit();
  });
  const server = await createDevelopmentServer(config, { demographics: demographicsOf(patients) });
  answer({
    url: (server.plainUrl ?? server.tlsUrl)!,
    controlUrl: server.controlUrl!,
    controlToken: server.controlToken!,
  });
  process.on("message", () => {
    void server.close().then(() => process.exit());
  });
}
