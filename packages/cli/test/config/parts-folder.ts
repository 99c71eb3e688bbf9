import { chmod, copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { testAuthority } from "@restante/testbed";
import { exampleFile } from "../../src/economy/examples.ts";
import { temporaryFolder } from "../support/at-end.ts";

/** A folder that is no economy, in which everything is that the examples of settings name. */
export async function partsFolder(t: TestContext, hosts: readonly string[] = ["127.0.0.1"]): Promise<string> {
  const folder = await temporaryFolder(t);
  for (const name of ["tls", "secrets"]) await mkdir(join(folder, name), { mode: 0o700 });
  const authority = await testAuthority();
  const server = await authority.issue({ commonName: `server-${hosts.join("-")}`, kind: "server", hosts });
  const client = await authority.issue({ commonName: "client", kind: "client" });
  await writeFile(join(folder, "tls", "ca.crt"), authority.caPem);
  for (const [name, { key, cert }] of Object.entries({ server, client })) {
    await writeFile(join(folder, "tls", `${name}.key`), key, { mode: 0o600 });
    await writeFile(join(folder, "tls", `${name}.crt`), cert);
  }
  await secretFile(folder, "shared-key", "the-shared-key\n");
  await secretFile(folder, "passwords.json", JSON.stringify({ Y99001OT001: "password-1", Y99002OT001: "password-2" }));
  for (const name of ["patients.json", "organisations.json"]) await copyFile(exampleFile(name), join(folder, name));
  for (const name of ["server.yaml", "client.yaml", "practice.yaml"])
    await copyFile(exampleFile(name), join(folder, name));
  return folder;
}

export async function secretFile(folder: string, name: string, text: string): Promise<string> {
  const file = join(folder, "secrets", name);
  await writeFile(file, text, { mode: 0o600 });
  await chmod(file, 0o600);
  return file;
}

/** Has practice.yaml of such a folder say this of its pages, in lines that are indented. Resolves to the file. */
export async function writePages(folder: string, pages: string): Promise<string> {
  const file = join(folder, "practice.yaml");
  const text = await readFile(file, "utf8");
  await writeFile(file, `${text.replace(/\npages:\n(?: {2}.*\n)+/, "\n")}\npages:\n${pages}`);
  return file;
}

/** The variables that the examples of settings name. */
export const environment: Readonly<Record<string, string>> = { MESH_PASSWORD_Y99002OT001: "password-2" };
