// A MESH server for development: the same server, with what only a folder that is marked for development may have. Plain HTTP,
// the sandbox's admin paths, control (faults, a clock that moves, snapshots): none of it is reachable from createMeshServer.

import type { Control } from "@restante/control";

import type { TlsConfig } from "../config.ts";
import type { Operator } from "../operator.ts";
import type { ServerSettings } from "../serve.ts";

export interface DevelopmentServerConfig extends ServerSettings {
  /** Plain HTTP. At least one of `plain` and `tls`. */
  plain?: { host: string; port: number };
  tls?: TlsConfig & { host: string; port: number };
}

export interface DevelopmentServer extends AsyncDisposable {
  /** Of plain HTTP, if it listens so. */
  readonly plainUrl?: string;
  /** Of HTTPS, if it listens so. */
  readonly tlsUrl?: string;
  readonly operator: Operator;
  readonly control: Control;
  close(): Promise<void>;
}
