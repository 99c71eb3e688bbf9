// A MESH server for development: the same server, with what only a folder that is marked for development may have. Plain HTTP,
// the sandbox's admin paths, control (faults, a clock that moves, snapshots): none of it is reachable from createMeshServer.

import { join, resolve } from "node:path";

import type { Control } from "@restante/control";

import { isLoopback, readToken, TOKEN_FILE } from "../control/access.ts";
import { type Listener, openListener } from "../control/listener/listener.ts";
import { mark } from "../marked-folder.ts";
import { once } from "../once.ts";
import type { Operator } from "../operator.ts";
import { readSettings } from "../read-config.ts";
import { type Door, type MeshServerServices, type Serving, serveRewindable } from "../serve.ts";
import { addAdmin } from "./admin/add-admin.ts";
import { type AdminAccess, type ControlDoor, type DevelopmentServerConfig, developmentServerSchema } from "./config.ts";
import { beginControl } from "./control-parts.ts";

const SOCKET = "control.sock";

export interface DevelopmentServer extends AsyncDisposable {
  /** Of plain HTTP, if it listens so. */
  readonly plainUrl?: string;
  /** Of HTTPS, if it listens so. */
  readonly tlsUrl?: string;
  readonly operator: Operator;
  /** All that control can do, here. */
  readonly control: Control;
  /** Where it is done over HTTP, with the token, if it listens at a port. */
  readonly controlUrl?: string;
  /** The path of its socket, if it listens at one. */
  readonly controlSocket?: string;
  readonly controlToken?: string;
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
    control: door,
    admin,
    ...settings
  } = readSettings<DevelopmentServerConfig>(options, developmentServerSchema);
  await mark(settings.dataFolder);
  // The paths of admin are there before what they ask for is.
  const ready = Promise.withResolvers<Control>();
  const routes = await adminRoutes(settings, admin, ready.promise);
  // Plain HTTP is where a client is tried out; an economy has HTTPS alone, and clients that poll.
  const tellsEach = plain !== undefined;
  const doors: Door[] = [
    ...(plain === undefined ? [] : [{ ...plain, tellsEach, ...routes(plain.host) }]),
    ...(tls === undefined ? [] : [{ host: tls.host, port: tls.port, tls, tellsEach, ...routes(tls.host) }]),
  ];
  const begun = await beginControl(settings, services, { canExpireCertificate: tls?.expired !== undefined });
  const serving = await serveRewindable(settings, doors, { ...begun.services, anyWorkflow: !enforceWorkflows });
  const owned = begun.controlOf(serving);
  ready.resolve(owned.control);
  try {
    const listening = door === undefined ? undefined : await listen(settings.dataFolder, door, owned.control, serving);
    const plainUrl = plain && serving.urls[0];
    const tlsUrl = tls && serving.urls.at(-1);
    const close = once(async () => {
      // First whoever waits is told, then nobody is answered any more, then what was asked is brought to its end.
      owned.close();
      await listening?.close();
      // What was changed is written already: this is how often faults were done.
      await begun.keep().catch(() => undefined);
      await serving.close();
    });
    return {
      ...(plainUrl !== undefined && { plainUrl }),
      ...(tlsUrl !== undefined && { tlsUrl }),
      operator: serving.operator,
      control: owned.control,
      ...(listening?.url !== undefined && { controlUrl: listening.url }),
      ...(listening?.socket !== undefined && { controlSocket: listening.socket }),
      ...(listening !== undefined && { controlToken: listening.token }),
      close,
      [Symbol.asyncDispose]: close,
    };
  } catch (error) {
    owned.close();
    await serving.close();
    throw error;
  }
}

/** By the host of a door: whoever reaches it from elsewhere is asked for the token, unless it is open. */
async function adminRoutes(
  { dataFolder, mailboxes }: Pick<DevelopmentServerConfig, "dataFolder" | "mailboxes">,
  admin: AdminAccess | undefined,
  control: Promise<Control>,
): Promise<(host: string) => Pick<Door, "addOthers">> {
  if (admin === undefined) return () => ({});
  const { tokenFile = join(dataFolder, TOKEN_FILE), allowHosts = [], open = false } = admin;
  const token = open ? undefined : await readToken(tokenFile);
  return (host) => {
    const guard = { allowHosts, ...(token !== undefined && !isLoopback(host) && { token }) };
    return { addOthers: (app, context) => addAdmin(app, context, { guard, mailboxes, control: () => control }) };
  };
}

async function listen(
  dataFolder: string,
  { host = "127.0.0.1", port, socket = false, tokenFile = join(dataFolder, TOKEN_FILE), allowHosts = [] }: ControlDoor,
  control: Control,
  { context: { emit, realTime: clock } }: Serving,
): Promise<Listener & { token: string }> {
  const token = await readToken(tokenFile);
  const listener = await openListener(control, {
    ...(port !== undefined && { port: { host, port } }),
    ...(socket && { socket: resolve(dataFolder, SOCKET) }),
    token,
    tokenFile: resolve(tokenFile),
    dataFolder,
    allowHosts,
    emit,
    clock,
  });
  return { ...listener, token };
}
