// A server for development in a process of its own, to be killed. Its configuration comes as its first message.

import { embeddedDemographics } from "@restante/demographics";
import { createDevelopmentServer, type DevelopmentServerConfig } from "@restante/mesh-server/development";
import { testDirectory } from "@restante/testbed";

process.once("message", (config: DevelopmentServerConfig) => void start(config));
process.once("disconnect", () => process.exit(0));

async function start(config: DevelopmentServerConfig): Promise<void> {
  await createDevelopmentServer(config, { demographics: embeddedDemographics(testDirectory()) });
  process.send?.("ready");
}
