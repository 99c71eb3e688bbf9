import { join } from "node:path";
import { createLocalAuthority, type IssuedCertificate, issueExpired, localHosts } from "@restante/authority";

/** What the two ends of HTTPS in development have, and where a client finds its part. */
export interface DevelopmentCertificates {
  readonly server: IssuedCertificate;
  /** By the same authority, for the server to show when it is to have expired. */
  readonly expired: IssuedCertificate;
  readonly ca: string;
  readonly files: { readonly ca: string; readonly cert: string; readonly key: string };
}

/** Made at the first start in a folder, and the same ever after. */
export async function developmentCertificates(
  folder: string,
  names: readonly string[],
): Promise<DevelopmentCertificates> {
  const authority = await createLocalAuthority(folder);
  const hosts = [...localHosts, ...names];
  const server = await authority.issue({ commonName: "mesh-server", hosts, kind: "server" });
  await authority.issue({ commonName: "mesh", kind: "client" });
  const expired = await issueExpired(folder, { commonName: "mesh-server-expired", hosts, kind: "server" });
  return {
    server,
    expired,
    ca: authority.caPem,
    files: {
      ca: join(folder, "ca.crt"),
      cert: join(folder, "client-mesh.crt"),
      key: join(folder, "client-mesh.key"),
    },
  };
}
