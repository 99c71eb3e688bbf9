import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { ensurePrivate, writeWhole } from "@restante/durable";
import type { MailboxId } from "@restante/mesh";
import { CliError } from "../errors.ts";
import { SECRETS_FILE } from "./folder.ts";
import { readJsonFile } from "./json-file.ts";

/** What the MESH server and its mailboxes share. Made on first start, readable by the owner alone, never shown. */
export interface Secrets {
  readonly sharedKey: string;
  /** By mailbox id. */
  readonly passwords: Readonly<Record<string, string>>;
}

/**
 * The secrets of this data folder; a mailbox that has no password yet is given one.
 *
 * @param mayMake whether the file may be made if there is none
 * @throws CliError `settings-unreadable`, where the file is not what was written, `secrets-lost`; DurableError
 *   `not-private`
 */
export async function readSecrets(folder: string, mailboxes: readonly MailboxId[], mayMake: boolean): Promise<Secrets> {
  const stored = readStored(folder);
  if (stored === undefined && !mayMake) {
    throw new CliError(
      "secrets-lost",
      `${join(folder, SECRETS_FILE)} is missing: put it back from a backup, or make new passwords with --new-authority`,
    );
  }
  const passwords: Record<string, string> = { ...stored?.passwords };
  for (const mailbox of mailboxes) passwords[mailbox] ??= newSecret();
  const secrets = { sharedKey: stored?.sharedKey ?? newSecret(), passwords };
  if (JSON.stringify(secrets) !== JSON.stringify(stored)) {
    await writeWhole(folder, SECRETS_FILE, `${JSON.stringify(secrets, null, 2)}\n`);
  }
  return secrets;
}

function newSecret(): string {
  return randomBytes(24).toString("base64url");
}

function readStored(folder: string): Secrets | undefined {
  const file = join(folder, SECRETS_FILE);
  const found = readJsonFile(file);
  if (found === undefined) return undefined;
  ensurePrivate(file);
  if (isSecrets(found.value)) return found.value;
  throw new CliError(
    "settings-unreadable",
    `${file} is not what Restante wrote there: put it back from a backup, or name a new folder with --data`,
  );
}

function isSecrets(value: unknown): value is Secrets {
  if (typeof value !== "object" || value === null) return false;
  const { sharedKey, passwords } = value as Partial<Secrets>;
  return (
    typeof sharedKey === "string" &&
    typeof passwords === "object" &&
    Object.values(passwords).every((password) => typeof password === "string")
  );
}
