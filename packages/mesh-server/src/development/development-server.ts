// A MESH server for development: the same server, with what only a folder that is marked for development may have. Plain HTTP,
// the sandbox's admin paths, control (faults, a clock that moves, snapshots): none of it is reachable from createMeshServer.

import { mark } from "../marked-folder.ts";
import type { Operator } from "../operator.ts";
import { readSettings } from "../read-config.ts";
import { type Door, type MeshServerServices, serve } from "../serve.ts";
import { type DevelopmentServerConfig, developmentServerSchema } from "./config.ts";

export interface DevelopmentServer extends AsyncDisposable {
  /** Of plain HTTP, if it listens so. */
  readonly plainUrl?: string;
  /** Of HTTPS, if it listens so. */
  readonly tlsUrl?: string;
  readonly operator: Operator;
  close(): Promise<void>;
}

/**
 * Starts a MESH server for development. It listens, at each door, when the promise resolves.
 * @throws {MeshServerError} `folder-not-marked`, and those of createMeshServer
 * @throws {DurableError} a file or folder that cannot be used
 * @example
 * await using server = await createDevelopmentServer({ ...config, plain: { host: "127.0.0.1", port: 0 } }, { demographics });
 * console.log(server.plainUrl);
 */
export async function createDevelopmentServer(
  options: DevelopmentServerConfig,
  services: MeshServerServices,
): Promise<DevelopmentServer> {
  const {
    plain,
    tls,
    enforceWorkflows = false,
    ...settings
  } = readSettings<DevelopmentServerConfig>(options, developmentServerSchema);
  await mark(settings.dataFolder);
  const doors: Door[] = [
    ...(plain === undefined ? [] : [plain]),
    ...(tls === undefined ? [] : [{ host: tls.host, port: tls.port, tls }]),
  ];
  const serving = await serve(settings, doors, { ...services, anyWorkflow: !enforceWorkflows });
  const plainUrl = plain && serving.urls[0];
  const tlsUrl = tls && serving.urls.at(-1);
  const close = (): Promise<void> => serving.close();
  return {
    ...(plainUrl !== undefined && { plainUrl }),
    ...(tlsUrl !== undefined && { tlsUrl }),
    operator: serving.operator,
    close,
    [Symbol.asyncDispose]: close,
  };
}
