import { createDevelopmentServer } from "@restante/mesh-server/development";

import type { StartOptions } from "./options.ts";
import type { Running } from "./running.ts";
import { demographicsOf, type PreparedServer } from "./server-config.ts";

export async function runInProcess({ config }: PreparedServer, options: StartOptions): Promise<Running> {
  const demographics = options.demographics ?? demographicsOf(options.patients);
  const server = await createDevelopmentServer(config, { demographics });
  return { url: (server.plainUrl ?? server.tlsUrl)!, control: server.control, close: () => server.close() };
}
