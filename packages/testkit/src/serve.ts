// The server of startServerProcess: its configuration comes as the one message of the parent, its events go back. It
// ends when the parent does.

import { embeddedDemographics } from "@restante/demographics";
import { createMeshServer, type MeshServerConfig } from "@restante/mesh-server";

import { testDirectory } from "./economy.ts";

process.once("disconnect", () => process.exit());
process.once("message", (config: MeshServerConfig) => {
  void serve(config);
});

async function serve(config: MeshServerConfig): Promise<void> {
  await createMeshServer(config, {
    demographics: embeddedDemographics(testDirectory()),
    emit: (event) => process.send?.(event),
  });
}
