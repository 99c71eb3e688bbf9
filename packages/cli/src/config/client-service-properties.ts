import { meshClientDefaults } from "@restante/mesh-client";
import { list, object, oneOf, optional, type PropertiesOf, text, whole } from "@restante/settings";
import type { LogLevel } from "../log.ts";
import type { Rotation } from "../log-file.ts";
import { log } from "./shared-properties.ts";

/** What the process of MESH clients is told of itself, whatever its mailboxes. */
export interface ServiceSettings {
  log?: string;
  logLevel?: LogLevel;
  logRotation?: RotationSettings;
  monitoring?: MonitoringSettings;
  stopFile?: string;
  connectionsInAll?: number;
}

export type RotationSettings = { -readonly [Name in keyof Rotation]?: Rotation[Name] };

export interface MonitoringSettings {
  host?: string;
  port: number;
  allowHosts?: string[];
}

const byRotation: Rotation = { maxBytes: 10_000_000, days: 7, files: 10 };

export const serviceProperties: PropertiesOf<ServiceSettings> = {
  log: optional(log("client")),
  logLevel: optional(
    oneOf(["error", "warn", "info", "debug"], {
      description: "What the log has: this and what is worse. debug: also each poll of an idle mailbox.",
      default: "info",
    }),
  ),
  logRotation: optional(
    object<RotationSettings>(
      {
        maxBytes: optional(
          whole({
            description: "Bytes from which the log is put aside, under its name and the time.",
            from: 1000,
            to: Number.MAX_SAFE_INTEGER,
            default: byRotation.maxBytes,
          }),
        ),
        days: optional(
          whole({
            description: "Days from which it is put aside, however small.",
            from: 1,
            to: 3650,
            default: byRotation.days,
          }),
        ),
        files: optional(
          whole({
            description: "How many of those are kept beside the log; older ones are removed.",
            from: 0,
            to: 10_000,
            default: byRotation.files,
          }),
        ),
      },
      { description: "When the log is put aside, and for how long.", default: {} },
    ),
  ),
  monitoring: optional(
    object<MonitoringSettings>(
      {
        host: optional(
          text({
            description:
              "The address for it. Beyond loopback whoever reaches it can read which mailboxes there are and how they fare.",
            default: "127.0.0.1",
          }),
        ),
        port: whole({ description: "The port; 0 is any that is free, told at the start.", from: 0, to: 65_535 }),
        allowHosts: optional(
          list(text({ description: "A name, without a port." }), {
            description: "Names by which it may be asked for, beside localhost and addresses.",
            default: [],
          }),
        ),
      },
      {
        description:
          "Where /metrics (for Prometheus), /livez and /readyz are, over HTTP without a password. Absent: nowhere.",
      },
    ),
  ),
  stopFile: optional(
    text({
      description:
        "A file by which scripts stop it, as the NHS's Java client by its mexclient.sig: once 1 stands in it, the file is removed and the process ends as at SIGTERM. Absent: there is none.",
    }),
  ),
  connectionsInAll: optional(
    whole({
      description:
        "Requests of all mailboxes together at once; more wait their turn, in turn among mailboxes. A mailbox that has none under way has one at once all the same.",
      from: 1,
      to: 10_000,
      default: meshClientDefaults.connectionsInAll,
    }),
  ),
};

/** Whether a setting is of the process alone: where it changes, mailboxes go on as they do. */
export function isOfProcessAlone(name: string): boolean {
  return Object.hasOwn(serviceProperties, name) && name !== "connectionsInAll";
}

export function rotationOf({ logRotation }: ServiceSettings): Rotation {
  return { ...byRotation, ...logRotation };
}
