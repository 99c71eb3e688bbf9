import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { testAuthority } from "@restante/testbed";
import { temporaryFolder } from "../support/at-end.ts";
import { writeJks } from "../keystores/write-jks.ts";
import { everyElement, type Texts } from "./every-element.ts";

export const keystorePassword = "keystore-£-password";

/** A key with its certificate, and who issues the server's. */
export interface ClientPems {
  readonly key: string;
  readonly cert: string;
  readonly ca: string;
}

/** A Java client's folder: its keystore, and its meshclient.cfg with every element. Gives the path of the latter. */
export async function cfgFolder(
  t: TestContext,
  texts: Texts = {},
  clients: readonly Texts[] = [{}],
  pems?: ClientPems,
): Promise<{ readonly folder: string; readonly cfg: string }> {
  const folder = await temporaryFolder(t);
  const { key, cert, ca } = pems ?? (await testPems());
  await mkdir(join(folder, "KEYSTORE"), { mode: 0o700 });
  const keystore = writeJks(keystorePassword, { meshclient: { key, cert } }, { rootca: ca });
  await writeFile(join(folder, "KEYSTORE", "mesh.keystore"), keystore, { mode: 0o600 });
  const cfg = join(folder, "meshclient.cfg");
  // As an editor of Windows writes it.
  const text = everyElement(texts, clients, ' encoding="ISO-8859-1"').replaceAll("\n", "\r\n");
  await writeFile(cfg, Buffer.from(text, "latin1"), { mode: 0o600 });
  return { folder, cfg };
}

async function testPems(): Promise<ClientPems> {
  const authority = await testAuthority();
  const { key, cert } = await authority.issue({ commonName: "client", kind: "client" });
  return { key, cert, ca: authority.caPem };
}
