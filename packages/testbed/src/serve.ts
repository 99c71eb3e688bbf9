// The server of startServerProcess: its configuration comes as the first message of the parent, and verbs of its operator
// after it; its events and what the verbs return go back. It ends when the parent does.

import { embeddedDemographics } from "@restante/demographics";
import { CodedError } from "@restante/mesh";
import { createMeshServer, type MeshServerConfig } from "@restante/mesh-server";

import { testDirectory } from "@restante/testkit/patients";
import type { OperatorAnswer, OperatorCall } from "./operator-call.ts";

process.once("disconnect", () => process.exit());
process.once("message", (config: MeshServerConfig) => {
  void serve(config);
});

async function serve(config: MeshServerConfig): Promise<void> {
  const server = await createMeshServer(config, {
    demographics: embeddedDemographics(testDirectory()),
    emit: (event) => process.send?.(event),
  });
  const { operator } = server;
  process.once("SIGTERM", () => void server.close().then(() => process.disconnect()));
  process.on("message", ({ call, verb, words }: OperatorCall) => {
    const run = operator[verb] as (...words: readonly string[]) => Promise<unknown>;
    const answer = (result: OperatorAnswer["result"]): void => void process.send?.({ call, result });
    run(...words).then(
      (value) => answer({ value }),
      (error: unknown) => answer({ code: error instanceof CodedError ? error.code : "unknown" }),
    );
  });
}
