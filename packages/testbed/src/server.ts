import type { TestContext } from "node:test";

import { type Demographics, type Directory, embeddedDemographics, workflowRules } from "@restante/demographics";
import type { Clock, Emit } from "@restante/mesh";
import {
  createMeshServer,
  type EmbeddedServerConfig,
  type MachineTime,
  type MeshServer,
  type MeshServerConfig,
  type Operator,
} from "@restante/mesh-server";
import { localHosts, type LocalAuthority } from "@restante/authority";

import { atEnd } from "./at-end.ts";
import { testAuthority } from "./authority.ts";
import { testDirectory, testWorkflow } from "@restante/testkit/patients";
import { recordEvents, type RecordedEvents } from "./record-events.ts";
import { bodiesInFolder, type StoredBodies } from "./stored-bodies.ts";
import { temporaryFolder } from "./temporary-folder.ts";

export interface TestServerOptions {
  /** Any setting of the server. Absent: port 0, a folder of the test's own, the mailboxes of the test economy. */
  config?: Partial<MeshServerConfig>;
  /** Absent: the embedded directory of the test economy. */
  demographics?: Demographics;
  directory?: Directory;
  clock?: Clock;
  machineTime?: MachineTime;
  /** As well as to `events`. */
  emit?: Emit;
}

/** What a client needs to know of a server. */
export interface ReachableServer {
  readonly url: string;
  readonly config: EmbeddedServerConfig;
  readonly authority: LocalAuthority;
  readonly clock: Clock | undefined;
}

export interface TestServer extends ReachableServer, AsyncDisposable {
  readonly directory: Directory;
  /** Of the server that runs now. */
  readonly operator: Operator;
  readonly bodies: StoredBodies;
  /** Of this server, over restarts. */
  readonly events: RecordedEvents;
  close(): Promise<void>;
  /** Closes it and starts it again, on the same port and folder, with settings as before but for these. */
  restart(changed?: Partial<MeshServerConfig>): Promise<void>;
}

/** Where nodes keep what they share. */
export interface Shared {
  settings: Pick<MeshServerConfig, "store" | "storePassword" | "bodies" | "s3">;
  bodies: StoredBodies;
}

let openShared: (() => Promise<Shared>) | undefined;

/** From now on each test server of this process is a node that keeps everything there, in the place of its folder. */
export function keepShared(open: () => Promise<Shared>): void {
  openShared = open;
}

/** For tests that look into the folder of a server: skips them where there is none. */
export function ofOneMachine(): { skip?: string } {
  return openShared === undefined ? {} : { skip: "it looks into the folder of one machine" };
}

/** A real MESH server over HTTPS with mutual TLS, closed when the test ends. */
export async function startTestServer(
  t: Pick<TestContext, "after">,
  options: TestServerOptions = {},
): Promise<TestServer> {
  const authority = await testAuthority();
  const directory = options.directory ?? testDirectory();
  let config = { ...(await defaultConfig(t, authority, directory)), ...options.config };
  const events = recordEvents();
  const services = {
    demographics: options.demographics ?? embeddedDemographics(directory),
    emit: ((event) => {
      events.emit(event);
      options.emit?.(event);
    }) satisfies Emit,
    ...(options.clock !== undefined && { clock: options.clock }),
    ...(options.machineTime !== undefined && { machineTime: options.machineTime }),
  };
  const shared = await openShared?.();
  const start = (settings: EmbeddedServerConfig): Promise<MeshServer> =>
    createMeshServer(asGiven({ ...settings, ...shared?.settings }), services);
  let server: MeshServer = await start(config);
  let restarting: Promise<void> | undefined;
  atEnd(t, async () => {
    // A test that failed may have left it in the middle.
    await restarting?.catch(() => undefined);
    await server.close();
  });
  config = { ...config, port: Number(new URL(server.url).port) };

  async function restart(changed: Partial<MeshServerConfig> = {}): Promise<void> {
    await server.close();
    server = await start({ ...config, ...changed });
  }

  return {
    get url() {
      return server.url;
    },
    config,
    authority,
    directory,
    get operator() {
      return server.operator;
    },
    clock: options.clock,
    bodies: shared?.bodies ?? bodiesInFolder(config.dataFolder),
    events,
    close: () => server.close(),
    restart: (changed) => (restarting = restart(changed)),
    [Symbol.asyncDispose]: () => server.close(),
  };
}

/** A node that shares a store has no folder. */
export function asGiven({ dataFolder, ...settings }: EmbeddedServerConfig): MeshServerConfig {
  return settings.store === undefined ? { ...settings, dataFolder } : settings;
}

/** Every organisation's mailboxes, with the workflows of the directory and one for everybody. */
export async function defaultConfig(
  t: Pick<TestContext, "after">,
  authority: LocalAuthority,
  directory: Directory,
): Promise<EmbeddedServerConfig> {
  const { cert, key } = await authority.issue({ commonName: "localhost", hosts: localHosts, kind: "server" });
  return {
    host: "127.0.0.1",
    port: 0,
    dataFolder: await temporaryFolder(t),
    sharedKey: "TestKey",
    tls: { cert, key, ca: authority.caPem },
    mailboxes: directory.organisations.flatMap(({ odsCode, name, mailboxes }) =>
      mailboxes.map(({ mailboxId }) => ({ mailboxId, name, odsCode, password: `password of ${mailboxId}` })),
    ),
    workflows: [
      ...workflowRules(directory.organisations),
      { workflowId: testWorkflow, senders: ["*"], receivers: ["*"] },
    ],
    tickMs: 50,
    drainSeconds: 0,
    // Hundreds of servers need not each write 16 MB.
    reserveBytes: 65_536,
  };
}
