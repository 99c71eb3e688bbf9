import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { createLocalAuthority, type LocalAuthority } from "@restante/authority";

let shared: Promise<LocalAuthority> | undefined;

/** The certificate authority of this test process: keys take time to make. */
export function testAuthority(): Promise<LocalAuthority> {
  return (shared ??= newAuthority());
}

/** Another authority, which nobody here trusts. */
export function strangeAuthority(): Promise<LocalAuthority> {
  return newAuthority();
}

async function newAuthority(): Promise<LocalAuthority> {
  const folder = mkdtempSync(join(tmpdir(), "restante-authority-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  return createLocalAuthority(folder);
}
