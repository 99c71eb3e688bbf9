import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import {
  createLocalAuthority,
  type IssuedCertificate,
  issueExpired,
  type LocalAuthority,
  localHosts,
} from "@restante/authority";

let shared: { folder: string; authority: Promise<LocalAuthority> } | undefined;

/** The certificate authority of this test process: keys take time to make. */
export function testAuthority(): Promise<LocalAuthority> {
  shared ??= newAuthority();
  return shared.authority;
}

/** A server's, of the same authority, whose time is over. */
export async function expiredCertificate(): Promise<IssuedCertificate> {
  await testAuthority();
  return issueExpired(shared!.folder, { commonName: "expired", hosts: localHosts, kind: "server" });
}

/** Another authority, which nobody here trusts. */
export function strangeAuthority(): Promise<LocalAuthority> {
  return newAuthority().authority;
}

function newAuthority(): { folder: string; authority: Promise<LocalAuthority> } {
  const folder = mkdtempSync(join(tmpdir(), "restante-authority-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  return { folder, authority: createLocalAuthority(folder) };
}
