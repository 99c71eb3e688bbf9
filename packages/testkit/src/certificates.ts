// The certificates of `tls: true`. They are made once and kept: to make them takes longer than to start a server. All clients
// share one, for MESH ties no certificate to a mailbox: whose a request is, its token says.

import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";

import { createLocalAuthority, type IssuedCertificate, issueExpired, localHosts } from "@restante/authority";

/** What a client needs, as texts (PEM) and as files that hold the same. */
export interface TestTls {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
  readonly files: { readonly ca: string; readonly cert: string; readonly key: string };
}

export interface Certificates {
  readonly server: IssuedCertificate;
  /** Of the same authority, for the fault that shows one that has expired. */
  readonly expired: IssuedCertificate;
  readonly client: TestTls;
}

const CLIENT = "testkit-client";
const opened = new Map<string, Promise<Certificates>>();

export async function openCertificates(cacheFolder: string): Promise<Certificates> {
  const folder = resolve(cacheFolder, "authority");
  const known = opened.get(folder);
  if (known !== undefined && existsSync(folder)) return known;
  const opening = open(folder);
  opened.set(folder, opening);
  // What failed may be put right before the next start.
  opening.catch(() => opened.delete(folder));
  return opening;
}

async function open(folder: string): Promise<Certificates> {
  await mkdir(resolve(folder, ".."), { recursive: true, mode: 0o700 });
  const authority = await createLocalAuthority(folder);
  const [server, client, expired] = await Promise.all([
    authority.issue({ commonName: "localhost", hosts: localHosts, kind: "server" }),
    authority.issue({ commonName: CLIENT, kind: "client" }),
    issueExpired(folder, { commonName: "localhost-expired", hosts: localHosts, kind: "server" }),
  ]);
  const named = join(folder, `client-${CLIENT}`);
  const files = { ca: join(folder, "ca.crt"), cert: `${named}.crt`, key: `${named}.key` };
  return { server, expired, client: { ca: authority.caPem, ...client, files } };
}

/** The server's, of the authority whose files a client was given. */
export function certificatesBeside({ files }: TestTls): Promise<Certificates> {
  return openCertificates(resolve(files.ca, "../.."));
}
