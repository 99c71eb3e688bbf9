import { createMeshClient, type MeshClient, type MeshClientOptions } from "@restante/mesh-client";
import { clientCommonName, type IssuedCertificate } from "@restante/authority";

import type { ReachableServer } from "./server.ts";

/** A client for a mailbox of the server, with the right password and a trusted certificate unless told otherwise. */
export async function testClient(
  server: ReachableServer,
  mailboxId: string,
  overrides: Partial<MeshClientOptions> = {},
): Promise<MeshClient> {
  return createMeshClient({ ...(await clientOptions(server, mailboxId)), ...overrides });
}

export async function clientOptions(server: ReachableServer, mailboxId: string): Promise<MeshClientOptions> {
  const { cert, key } = await clientCertificate(server, mailboxId);
  return {
    url: server.url,
    mailboxId,
    password: passwordOf(server, mailboxId),
    sharedKey: server.config.sharedKey,
    tls: { ca: server.authority.caPem, cert, key },
    ...(server.clock !== undefined && { clock: server.clock }),
  };
}

export function clientCertificate(
  { authority, config }: ReachableServer,
  mailboxId: string,
): Promise<IssuedCertificate> {
  const odsCode = config.mailboxes.find((mailbox) => mailbox.mailboxId === mailboxId)?.odsCode ?? "Y90000";
  return authority.issue({ commonName: clientCommonName(mailboxId, odsCode), kind: "client" });
}

export function passwordOf({ config }: ReachableServer, mailboxId: string): string {
  return config.mailboxes.find((mailbox) => mailbox.mailboxId === mailboxId)?.password ?? "none";
}
