import { existsSync, readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { makeFolders, syncFolder, writeNew } from "@restante/durable";
import { type JsonSchema, writeSettings } from "@restante/settings";
import { clientPart } from "../config/client-file.ts";
import { usablePart } from "../config/read-part.ts";
import { schemaFile } from "../config/schemas.ts";
import { CliError } from "../errors.ts";
import type { ReadCfg } from "./read-cfg.ts";

/** Where an import has put what it made. */
export interface Imported {
  readonly file: string;
  readonly secrets: string;
}

const FILE = "client.yaml";
const SECRETS = "secrets";

/**
 * Writes the client.yaml that says what a meshclient.cfg says, with each secret, and a copy of the keystore, in a file of
 * its own beside it, all of them their owner's alone:
 *
 *   everything the file names is looked at --> secrets written, each new --> client.yaml, new, at the end
 *
 * Nothing is ever written over: where one of the files is there, nothing is written. A failure takes back what it wrote.
 *
 * @throws SettingsError, with every problem of the file and of what it names; CliError `file-exists`; DurableError
 */
export async function importCfg({ settings }: ReadCfg, folder: string): Promise<Imported> {
  const { file: absolute } = usablePart(clientPart, settings);
  const value = inOrderOf(clientPart.schema.json, structuredClone(settings.value) as Record<string, unknown>);
  const files = new Map<string, string | Uint8Array>();
  for (const [pointer, secret] of settings.held ?? []) {
    const name = `${SECRETS}/${secretName(pointer, (index) => absolute.mailboxes[index]!.mailboxId)}`;
    files.set(name, `${secret}\n`);
    putAt(value, pointer, { file: name });
  }
  // What the Java client is removed with, this one would miss at its next start.
  const keystore = `${SECRETS}/mesh.keystore`;
  files.set(keystore, readFileSync(absolute.tls!.keystore!));
  putAt(value, "/tls/keystore", keystore);
  const comment = [`yaml-language-server: $schema=${schemaFile("client")}`, `What ${settings.name} says.`];
  files.set(FILE, writeSettings(value, comment));

  const taken = Array.from(files.keys()).find((name) => existsSync(join(folder, name)));
  if (taken !== undefined) {
    throw new CliError(
      "file-exists",
      `${join(folder, taken)} is there already, and nothing is written over it: name another folder with --into`,
    );
  }
  await writeAll(folder, files);
  return { file: join(folder, FILE), secrets: join(folder, SECRETS) };
}

/** As the documentation has them, for people. */
function inOrderOf({ properties = {} }: JsonSchema, value: Record<string, unknown>): Record<string, unknown> {
  const names = Object.keys(properties).filter((name) => Object.hasOwn(value, name));
  return Object.fromEntries(names.map((name) => [name, value[name]]));
}

function secretName(pointer: string, mailboxId: (index: number) => string): string {
  const [, first, second = "", third] = pointer.split("/");
  if (first === "mailboxes") return `${third}-${mailboxId(Number(second))}`;
  return { sharedKey: "shared-key", tls: "keystore-password", proxy: "proxy-password" }[first ?? ""]!;
}

function putAt(value: Record<string, unknown>, pointer: string, put: unknown): void {
  const names = pointer.split("/").slice(1);
  const last = names.pop()!;
  let into = value;
  for (const name of names) into = into[name] as Record<string, unknown>;
  into[last] = put;
}

async function writeAll(folder: string, files: ReadonlyMap<string, string | Uint8Array>): Promise<void> {
  const secrets = join(folder, SECRETS);
  for (const made of makeFolders(secrets)) await syncFolder(join(made, ".."));
  const written: string[] = [];
  try {
    for (const [name, content] of files) {
      if (name === FILE) await syncFolder(secrets);
      await writeNew(join(folder, name), content);
      written.push(name);
    }
    await syncFolder(folder);
  } catch (error) {
    for (const name of written) await rm(join(folder, name), { force: true });
    throw error;
  }
}
