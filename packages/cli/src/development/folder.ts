import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { isMarked } from "@restante/mesh-server/development";
import { asDurableError, isMissing } from "@restante/durable";
import { economyFiles, SERVER_FOLDER } from "../economy/folder.ts";
import { CliError } from "../errors.ts";
import { quoted } from "../terminal/quoted.ts";

/** Where a server for development keeps everything: what it accepts in `server`, its certificates in `authority`. */
export interface DevelopmentFolder extends Disposable {
  readonly path: string;
  /** Removed when it is disposed of. */
  readonly isTemporary: boolean;
}

export const AUTHORITY_FOLDER = "authority";
export const LOG_FILE = "restante-server.log";

/** What may be in such a folder before its server's own is marked. */
const own: ReadonlySet<string> = new Set([SERVER_FOLDER, AUTHORITY_FOLDER, LOG_FILE]);

/**
 * The folder that was named, or one that is removed at the end.
 * @throws CliError `folder-not-ours`: it holds something that was not made for development
 */
export async function openDevelopmentFolder(data: string | undefined): Promise<DevelopmentFolder> {
  if (data === undefined) {
    const path = mkdtempSync(join(tmpdir(), "restante-dev-"));
    return { path, isTemporary: true, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
  }
  const path = resolve(data);
  const names = namesIn(path);
  if (names.some((name) => economyFiles.includes(name))) {
    throw new CliError(
      "folder-not-ours",
      `${path} is an economy of restante up: run its server with restante server --data ${quoted(data)}, or name another folder`,
    );
  }
  if (!(await isMarked(join(path, SERVER_FOLDER)))) {
    const strange = names.find((name) => !own.has(name));
    if (strange !== undefined) {
      throw new CliError(
        "folder-not-ours",
        `${path} was not made by restante server --dev (it holds '${strange}'), which could wipe it: name another with --data`,
      );
    }
  }
  return { path, isTemporary: false, [Symbol.dispose]: () => undefined };
}

function namesIn(folder: string): string[] {
  try {
    if (statSync(folder).isDirectory()) return readdirSync(folder);
  } catch (error) {
    if (isMissing(error)) return [];
    throw asDurableError(error, folder);
  }
  throw new CliError("folder-not-ours", `${folder} is no folder: name another with --data`);
}
