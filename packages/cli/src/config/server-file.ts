import {
  type MailboxConfig,
  type MeshServerConfig,
  meshServerMailboxProperties,
  meshServerProperties,
  meshServerRules,
  meshServerStrictTls,
} from "@restante/mesh-server";
import { list, object, optional, type Schema, text, withRules } from "@restante/settings";
import type { Part } from "./part.ts";
import { secret, type SecretSource } from "./secret.ts";
import { directory, type DirectorySettings, log, type TlsFiles } from "./shared-properties.ts";

/** `server.yaml`: everything a MESH server is told, with secrets and certificates as where they are. */
export interface ServerFile extends Omit<
  MeshServerConfig,
  // Of one start only: it is said at that start.
  "sharedKey" | "tls" | "mailboxes" | "acceptClock"
> {
  sharedKey: SecretSource;
  tls: TlsFiles & { strict?: boolean };
  mailboxes: ServerMailbox[];
  directory: DirectorySettings;
  log?: string;
}

export type ServerMailbox = Omit<MailboxConfig, "password"> & { password: SecretSource };

const { acceptClock: _, mailboxes: __, sharedKey: ___, tls: ____, ...others } = meshServerProperties;
const { host, port, dataFolder, workflows, ...rest } = others;

const schema: Schema<ServerFile> = withRules(
  object<ServerFile>(
    {
      host,
      port,
      dataFolder,
      sharedKey: secret("The secret of the environment, a part of every token (MESH API, Authorization)."),
      tls: object<ServerFile["tls"]>(
        {
          key: text({ description: "The server's private key, a PEM file that nobody but its owner may open." }),
          cert: text({ description: "The server's certificate, a PEM file, with intermediate ones if there are any." }),
          ca: text({ description: "Who issues the clients' certificates, a PEM file." }),
          strict: meshServerStrictTls,
        },
        { description: "Mutual TLS." },
      ),
      directory: directory(
        "Who patients are and which practice they have, for messages addressed to a patient's practice.",
      ),
      mailboxes: list(
        object<ServerMailbox>(
          { ...meshServerMailboxProperties, password: secret("The mailbox's password, a part of each of its tokens.") },
          { description: "A mailbox." },
        ),
        { description: "Every mailbox there is." },
      ),
      workflows,
      ...rest,
      log: optional(log("server")),
    },
    { description: "The settings of a MESH server: restante server --config FILE." },
  ),
  ...meshServerRules,
);

export const serverPart: Part<ServerFile> = {
  name: "server",
  schema,
  paths: ["/dataFolder", "/tls/key", "/tls/cert", "/tls/ca", "/directory/patients", "/directory/organisations", "/log"],
  secrets: ["/sharedKey", "/mailboxes/*/password"],
  tls: ["/tls"],
  directory: "/directory",
};
