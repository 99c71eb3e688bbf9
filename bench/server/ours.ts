// The MESH server that is measured, as it is: in production's form over HTTPS, in development's over plain HTTP.

import { embeddedDemographics } from "@restante/demographics";
import { createMeshServer } from "@restante/mesh-server";
import { createDevelopmentServer } from "@restante/mesh-server/development";
import { testDirectory } from "@restante/testkit/patients";
import { type Opened, serveMeasured, type Task } from "./measured-process.ts";

serveMeasured(async ({ tls, ...task }: Task): Promise<Opened> => {
  const services = { demographics: embeddedDemographics(testDirectory()) };
  if (tls !== undefined) {
    const { dataFolder, ...others } = task;
    return createMeshServer({ ...others, ...(task.store === undefined && { dataFolder }), tls }, services);
  }
  const { host, port, ...settings } = task;
  const server = await createDevelopmentServer({ ...settings, plain: { host, port } }, services);
  return { url: server.plainUrl ?? "", close: () => server.close() };
});
