import {
  type MailboxConfig,
  type MeshServerConfig,
  meshServerMailboxProperties,
  meshServerProperties,
  meshServerRules,
  meshServerS3Properties,
  meshServerStrictTls,
  type S3Config,
} from "@restante/mesh-server";
import { list, object, optional, type Schema, text, withRules } from "@restante/settings";
import type { Part } from "./part.ts";
import { secret, type SecretSource } from "./secret.ts";
import { directory, type DirectorySettings, log, type TlsFiles } from "./shared-properties.ts";

/** `server.yaml`: everything a MESH server is told, with secrets and certificates as where they are. */
export interface ServerFile extends Omit<
  MeshServerConfig,
  // Of one start only: it is said at that start.
  "sharedKey" | "tls" | "mailboxes" | "acceptClock" | "storePassword" | "s3"
> {
  sharedKey: SecretSource;
  storePassword?: SecretSource;
  s3?: Omit<S3Config, "secretAccessKey"> & { secretAccessKey?: SecretSource };
  tls: TlsFiles & { strict?: boolean };
  mailboxes: ServerMailbox[];
  directory: DirectorySettings;
  log?: string;
}

export type ServerMailbox = Omit<MailboxConfig, "password"> & { password: SecretSource };

const {
  acceptClock: _,
  mailboxes: __,
  sharedKey: ___,
  tls: ____,
  storePassword: _____,
  s3: ______,
  ...others
} = meshServerProperties;
const { host, port, dataFolder, store, storeConnections, bodies, node, workflows, ...rest } = others;

const schema: Schema<ServerFile> = withRules(
  object<ServerFile>(
    {
      host,
      port,
      dataFolder,
      store,
      storePassword: optional(secret("The password of the user of store. Absent: it needs none.")),
      storeConnections,
      bodies,
      s3: optional(
        object<NonNullable<ServerFile["s3"]>>(
          {
            ...meshServerS3Properties,
            secretAccessKey: optional(secret("Of accessKeyId, and only with it. Absent: as accessKeyId.")),
          },
          { description: "Where the S3-compatible store of bodies is, and who asks. Absent: as AWS's SDK finds it." },
        ),
      ),
      node,
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
  secrets: ["/sharedKey", "/storePassword", "/s3/secretAccessKey", "/mailboxes/*/password"],
  tls: ["/tls"],
  directory: "/directory",
};
