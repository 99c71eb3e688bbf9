import { localHosts } from "@restante/authority";
import { embeddedDemographics, workflowRules } from "@restante/demographics";
import { createDevelopmentServer, type DevelopmentServer } from "@restante/mesh-server/development";
import {
  type ReachableServer,
  temporaryFolder,
  testAuthority,
  testDirectory,
  type TestServer,
} from "@restante/testbed";

export const sender = "X26ABC1";
export const recipient = "X26ABC2";

export type RealServer = ReachableServer & Pick<TestServer, "directory"> & { readonly server: DevelopmentServer };

/** A development server over HTTPS with client certificates, with the mailboxes of mesh-sandbox and of the test economy. */
export async function startRealServer(t: { after(end: () => unknown): void }): Promise<RealServer> {
  const [authority, directory] = [await testAuthority(), testDirectory()];
  const { cert, key } = await authority.issue({ commonName: "localhost", hosts: localHosts, kind: "server" });
  const config = {
    dataFolder: await temporaryFolder(t),
    sharedKey: "TestKey",
    mailboxes: [
      ...[sender, recipient].map((mailboxId) => ({ mailboxId, name: mailboxId, odsCode: "X26", password: "password" })),
      ...directory.organisations.flatMap(({ odsCode, name, mailboxes }) =>
        mailboxes.map(({ mailboxId }) => ({ mailboxId, name, odsCode, password: "password" })),
      ),
    ],
    workflows: workflowRules(directory.organisations),
    tickMs: 50,
    reserveBytes: 65_536,
  };
  const tls = { host: "127.0.0.1", port: 0, cert, key, ca: authority.caPem };
  const server = await createDevelopmentServer({ ...config, tls }, { demographics: embeddedDemographics(directory) });
  t.after(() => server.close());
  return {
    server,
    url: server.tlsUrl!,
    authority,
    directory,
    clock: undefined,
    config: { ...config, host: tls.host, port: tls.port, tls },
  };
}
