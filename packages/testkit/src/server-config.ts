import { type Demographics, embeddedDemographics, readDirectory } from "@restante/demographics";
import { type DevelopmentServerConfig, knownSharedKey } from "@restante/mesh-server/development";

import { cacheFolderOf } from "./cache-folder.ts";
import { type Certificates, openCertificates } from "./certificates.ts";
import { mailboxesOf, type StartOptions, workflowsOf } from "./options.ts";

/** On a test's disk a reserve for the day that it is full serves nobody, and overdue messages are not waited for. */
const forTests = { reserveBytes: 65_536, tickMs: 100 };

export interface PreparedServer {
  readonly config: DevelopmentServerConfig;
  readonly certificates: Certificates | undefined;
}

/** What the options mean to the server. */
export async function prepare(options: StartOptions, dataFolder: string): Promise<PreparedServer> {
  const door = { host: "127.0.0.1", port: options.port ?? 0 };
  const certificates = options.tls === true ? await openCertificates(cacheFolderOf(options)) : undefined;
  const config: DevelopmentServerConfig = {
    ...forTests,
    ...options.settings,
    ...(certificates === undefined
      ? { plain: door }
      : { tls: { ...door, ...certificates.server, ca: certificates.client.ca, expired: certificates.expired } }),
    dataFolder,
    sharedKey: options.sharedKey ?? knownSharedKey,
    mailboxes: mailboxesOf(options),
    workflows: workflowsOf(options),
    enforceWorkflows: options.enforceWorkflows ?? false,
  };
  return { config, certificates };
}

/** @throws {DirectoryError} every problem of the patients, each with its place */
export function demographicsOf(patients: StartOptions["patients"] = []): Demographics {
  const text = JSON.stringify({ patients });
  return embeddedDemographics(readDirectory({ patients: text }));
}
