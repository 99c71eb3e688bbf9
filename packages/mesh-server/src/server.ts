import type { MeshServerConfig } from "./config.ts";
import type { Operator } from "./operator.ts";
import { refuseMarked } from "./marked-folder.ts";
import { readMeshServerConfig } from "./read-config.ts";
import { type MeshServerServices, serve } from "./serve.ts";

export interface MeshServer extends AsyncDisposable {
  /** Such as `https://127.0.0.1:8700`, with the port it really has. */
  readonly url: string;
  /** What an operator may do beside what clients ask for. */
  readonly operator: Operator;
  /** Stops listening, lets requests in hand end, and leaves everything on disk. */
  close(): Promise<void>;
}

/**
 * Starts a MESH server. It listens when the promise resolves.
 * @throws {MeshServerError} `config-invalid` (every problem at once), `store-in-use`, `store-too-new`, `store-moved`, `store-lost`,
 * `bodies-lost`, `folder-for-development`
 * @throws {DurableError} a file or folder that cannot be used: which, why, and what helps
 * @example
 * await using server = await createMeshServer(config, { demographics });
 * console.log(server.url);
 */
export async function createMeshServer(options: MeshServerConfig, services: MeshServerServices): Promise<MeshServer> {
  const { host, port, tls, ...settings } = readMeshServerConfig(options);
  if (settings.dataFolder !== undefined) await refuseMarked(settings.dataFolder);
  const { demographics, clock, machineTime, emit } = services;
  // Named one by one: what only development mode has does not come in with them.
  const serving = await serve(settings, [{ host, port, tls }], {
    demographics,
    ...(clock !== undefined && { clock }),
    ...(machineTime !== undefined && { machineTime }),
    ...(emit !== undefined && { emit }),
  });
  const close = (): Promise<void> => serving.close();
  return { url: serving.urls[0]!, operator: serving.operator, close, [Symbol.asyncDispose]: close };
}
