import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { systemReason } from "@restante/durable";
import type { MailboxId } from "@restante/mesh";
import { CliError } from "../errors.ts";
import { writeWhole } from "../write-whole.ts";

/** What the MESH server and its mailboxes share. Made on first start, readable by the owner alone, never shown. */
export interface Secrets {
  readonly sharedKey: string;
  /** By mailbox id. */
  readonly passwords: Readonly<Record<string, string>>;
}

const FILE = "secrets.json";

/**
 * The secrets of this data folder; a mailbox that has no password yet is given one.
 *
 * @throws CliError `settings-unreadable`, where the file is not what was written.
 */
export async function readSecrets(folder: string, mailboxes: readonly MailboxId[]): Promise<Secrets> {
  const stored = readStored(folder);
  const passwords: Record<string, string> = { ...stored?.passwords };
  for (const mailbox of mailboxes) passwords[mailbox] ??= newSecret();
  const secrets = { sharedKey: stored?.sharedKey ?? newSecret(), passwords };
  if (JSON.stringify(secrets) !== JSON.stringify(stored)) {
    await writeWhole(folder, FILE, `${JSON.stringify(secrets, null, 2)}\n`, 0o600);
  }
  return secrets;
}

function newSecret(): string {
  return randomBytes(24).toString("base64url");
}

function readStored(folder: string): Secrets | undefined {
  const file = join(folder, FILE);
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new CliError("settings-unreadable", `${file} cannot be read: ${systemReason(cause)}`, {
      cause,
    });
  }
  const value = parse(text);
  if (!isSecrets(value)) {
    throw new CliError(
      "settings-unreadable",
      `${file} is not what Restante wrote there: restore it, or name a new folder with --data`,
    );
  }
  return value;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
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
