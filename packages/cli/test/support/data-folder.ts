import { readdir, readFile, writeFile } from "node:fs/promises";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type ControlFile, readControlFile, writeControlFile } from "@restante/mesh";
import { type ClientTls, createMeshClient, type MeshClient } from "@restante/mesh-client";
import type { Economy } from "../../src/economy/economy.ts";
import { look } from "./sends.ts";
import type { Practice } from "@restante/practice";

// A data folder as somebody sees it who is not Restante: its files, its secrets, what its systems have stored.

export type MailboxFolder = "IN" | "OUT" | "SENT" | "FAILED" | "TEMP";

/** One of a mailbox's folders. */
export function folderOf(data: string, mailboxId: string, folder: MailboxFolder): string {
  return join(data, "mesh", mailboxId, folder);
}

export async function namesIn(data: string, mailboxId: string, folder: MailboxFolder): Promise<string[]> {
  return (await readdir(folderOf(data, mailboxId, folder))).toSorted();
}

export async function controlFilesIn(data: string, mailboxId: string, folder: MailboxFolder): Promise<ControlFile[]> {
  const names = (await namesIn(data, mailboxId, folder)).filter((name) => name.endsWith(".ctl"));
  return Promise.all(
    names.map(async (name) => readControlFile(await readFile(join(folderOf(data, mailboxId, folder), name)))),
  );
}

/** How often the running `restante up` has polled for a mailbox, by its log; of one process, or of all that ran here. */
export function pollsIn(data: string, mailboxId: string, pid?: number): number {
  const lines = readFileSync(join(data, "restante.log"), "utf8").split("\n");
  const poll = `"event":"poll-succeeded","mailboxId":"${mailboxId}"`;
  return lines.filter((line) => line.includes(poll) && (pid === undefined || line.includes(`"pid":${pid},`))).length;
}

/** What secrets.json holds. */
export function secretsOf(data: string): { sharedKey: string; passwords: Record<string, string> } {
  return JSON.parse(readFileSync(join(data, "secrets.json"), "utf8")) as ReturnType<typeof secretsOf>;
}

/** A program of one's own, as a mailbox: with the password of secrets.json and the certificate that lies in authority/. */
export function meshClientOf(
  data: string,
  url: string,
  mailboxId: string,
  overrides: { tls?: ClientTls } = {},
): MeshClient {
  const { sharedKey, passwords } = secretsOf(data);
  const folder = join(data, "authority");
  const file = (name: string): string => readFileSync(join(folder, name), "utf8");
  const certificate = readdirSync(folder).find(
    (name) => name.startsWith(`client-${mailboxId}.`) && name.endsWith(".crt"),
  );
  const name = certificate?.slice(0, -".crt".length);
  const tls = overrides.tls ?? { ca: file("ca.crt"), cert: file(`${name}.crt`), key: file(`${name}.key`) };
  return createMeshClient({ url, mailboxId, password: passwords[mailboxId]!, sharedKey, tls });
}

/** What an organisation's system has stored, for as long as `use` takes. */
export async function withPractice<Result>(
  economy: Economy,
  odsCode: string,
  use: (practice: Practice) => Promise<Result> | Result,
): Promise<Result> {
  await using closing = new AsyncDisposableStack();
  return await use(await look(economy, odsCode, closing));
}

/** What is said of a pair beyond the usual; `from` names the mailbox whose OUT it goes into. */
export type ControlToDrop = Partial<ControlFile> & { from: string };

/** Puts a pair into OUT by hand: the data first. */
export async function drop(
  data: string,
  { name, control, body }: { name: string; control: ControlToDrop; body: string | Uint8Array },
): Promise<void> {
  const out = folderOf(data, control.from, "OUT");
  await writeFile(join(out, `${name}.dat`), body);
  await writeFile(join(out, `${name}.ctl`), controlText(control));
}

export function controlText(control: Partial<ControlFile>): string {
  return writeControlFile({
    version: "1.0",
    addressType: "DTS",
    messageType: "Data",
    workflowId: "GPFED_CONSULT_REPORT",
    subject: "Consultation report",
    ...control,
  });
}
