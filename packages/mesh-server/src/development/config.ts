import {
  flag,
  list,
  object,
  type ObjectSchema,
  optional,
  type PropertiesOf,
  type Rule,
  text,
  whole,
  withRules,
} from "@restante/settings";

import { dataFolderText, meshServerProperties, meshServerRules } from "../config-schema.ts";
import type { TlsConfig } from "../config.ts";
import type { ServerSettings } from "../serve.ts";

/** Of nodes that share a store: what development does (wiping, snapshots) would be done to all of them. */
type OfNodes = "store" | "storePassword" | "storeConnections" | "bodies" | "s3" | "node";

export interface DevelopmentServerConfig extends Omit<ServerSettings, OfNodes | "dataFolder"> {
  dataFolder: string;
  /** Plain HTTP. At least one of `plain` and `tls`. */
  plain?: PlainDoor;
  tls?: TlsDoor;
  /** Only the workflows of the settings, as in production. Default false: any may be sent to anybody. */
  enforceWorkflows?: boolean;
  /** A listener that can do what `Control` can. Absent: there is none, and `DevelopmentServer.control` does the same. */
  control?: ControlDoor;
  /** The admin paths of mesh-sandbox, at each door. Absent: they are 404. */
  admin?: AdminAccess;
}

export interface PlainDoor {
  host: string;
  port: number;
}

export interface TlsDoor extends TlsConfig {
  host: string;
  port: number;
  /** Of the same authority, its time over: shown while a fault asks for it. Absent: no fault can. */
  expired?: { key: string; cert: string };
}

/** Who may come in by it: whoever has the token, with a Host that is loopback or named here, and no Origin but its own. */
export interface Access {
  /** Of the token, made for its owner alone (0600) if it is absent. Default `control-token` in the data folder. */
  tokenFile?: string;
  /** Names, without a port, that a Host may have besides those of loopback. */
  allowHosts?: string[];
}

/** At a port (0: any free one), or a socket in the data folder, or both. */
export interface ControlDoor extends Access {
  /** Default 127.0.0.1. */
  host?: string;
  port?: number;
  /** `control.sock` in the data folder. */
  socket?: boolean;
}

export interface AdminAccess extends Access {
  /** Nobody is asked for the token. Default false: at doors beyond loopback it is asked for. */
  open?: boolean;
}

const at = {
  host: text({ description: "The address it listens at." }),
  port: whole({ description: "The port it listens at; 0: any free one.", from: 0, to: 65_535 }),
};

const access: PropertiesOf<Access> = {
  tokenFile: optional(text({ description: "The file of the token, made if absent." })),
  allowHosts: optional(
    list(text({ description: "A name, without a port." }), { description: "What a Host may say besides loopback." }),
  ),
};

const {
  host: _,
  port: __,
  store: _store,
  storePassword: _storePassword,
  storeConnections: _storeConnections,
  bodies: _bodies,
  s3: _s3,
  node: _node,
  dataFolder: _dataFolder,
  tls,
  ...settings
} = meshServerProperties;
const tlsProperties = (tls as ObjectSchema<TlsConfig>).properties;

const expired: PropertiesOf<TlsDoor>["expired"] = optional(
  object<{ key: string; cert: string }>(
    {
      key: text({ description: "Its private key, PEM." }),
      cert: text({ description: "The certificate, PEM." }),
    },
    { description: "A certificate that has expired, for the fault that shows one." },
  ),
);

const properties: PropertiesOf<DevelopmentServerConfig> = {
  ...settings,
  dataFolder: dataFolderText,
  plain: optional(object<PlainDoor>(at, { description: "Plain HTTP." })),
  tls: optional(object<TlsDoor>({ ...tlsProperties, ...at, expired }, { description: "HTTPS." })),
  enforceWorkflows: optional(flag({ description: "Only the workflows of the settings.", default: false })),
  control: optional(
    object<ControlDoor>(
      {
        ...access,
        host: optional(at.host),
        port: optional(at.port),
        socket: optional(flag({ description: "A socket in the data folder.", default: false })),
      },
      { description: "A listener for control." },
    ),
  ),
  admin: optional(
    object<AdminAccess>(
      { ...access, open: optional(flag({ description: "Nobody is asked for the token.", default: false })) },
      { description: "The admin paths of mesh-sandbox." },
    ),
  ),
};

const listensSomewhere: Rule = (find) =>
  find("/plain").length + find("/tls").length > 0
    ? []
    : [{ pointer: "", words: "must have plain or tls: else nobody can call it" }];

const controlHasADoor: Rule = (find) =>
  find("/control").length === 0 || find("/control/port").length > 0 || find("/control/socket")[0]?.value === true
    ? []
    : [{ pointer: "/control", words: "must have a port or a socket" }];

export const developmentServerSchema: ObjectSchema<DevelopmentServerConfig> = withRules(
  object<DevelopmentServerConfig>(properties, { description: "Everything a server for development is told." }),
  ...meshServerRules,
  listensSomewhere,
  controlHasADoor,
);
