import { checkStartOptions } from "./check-options.ts";
import { runChild } from "./child/child-process.ts";
import { type DataFolder, openDataFolder } from "./data-folder.ts";
import { runInProcess } from "./in-process.ts";
import type { StartOptions } from "./options.ts";
import { prepare } from "./server-config.ts";
import { type TestServer, testServer } from "./test-server.ts";

/** A server in a process of its own: what a client does when its server dies can be tested with it. */
export interface ServerProcess extends TestServer {
  /** Of the process that runs now. */
  readonly pid: number;
  /** kill -9. Resolves when the process is gone; what was accepted stays in its folder. */
  kill(): Promise<void>;
  /** Starts it again after `kill`, on the same port and folder. Resolves when it listens. */
  start(): Promise<void>;
}

/**
 * Starts a MESH server for a test. It listens when the promise resolves.
 *
 * @throws {TestkitError} `options-invalid`, with every problem; `server-ended`: its process did not start
 * @throws {MeshServerError} what the server refuses of its settings or its folder
 * @throws {DirectoryError} patients that cannot be read
 * @example
 * await using server = await startServer();
 * await server.client("X26ABC1").send({ to: "X26ABC2", workflowId: "TEST_WORKFLOW", body: "hello" });
 * await server.waitForMessage({ mailbox: "X26ABC2" });
 */
export function startServer(options: StartOptions & { readonly process: true }): Promise<ServerProcess>;
export function startServer(options?: StartOptions): Promise<TestServer>;
export async function startServer(options: StartOptions = {}): Promise<TestServer | ServerProcess> {
  checkStartOptions(options);
  const folder = await openDataFolder(options.dataFolder);
  try {
    return await startIn(folder, options);
  } catch (error) {
    await folder.remove();
    throw error;
  }
}

async function startIn(folder: DataFolder, options: StartOptions): Promise<TestServer | ServerProcess> {
  const prepared = await prepare(options, folder.path);
  const { mailboxes, sharedKey } = prepared.config;
  const known = { mailboxes, sharedKey, tls: prepared.certificates?.client };
  if (options.process !== true) return testServer(await runInProcess(prepared, options), known, folder.remove);
  const child = await runChild(prepared, options, folder);
  const server = testServer(child, known, folder.remove);
  return Object.defineProperties(server, {
    pid: { get: () => child.pid, enumerable: true },
    kill: { value: child.kill, enumerable: true },
    start: { value: child.start, enumerable: true },
  }) as ServerProcess;
}
