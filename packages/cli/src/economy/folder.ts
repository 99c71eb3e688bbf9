import { existsSync, readdirSync, statSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { asDurableError, isFolderHeld } from "@restante/durable";
import { CliError } from "../errors.ts";
import { quoted } from "../terminal/quoted.ts";

/** The folders in which the parts keep what they were given, and the name under which the server holds its own. */
export const SERVER_FOLDER = "server";
const dataFolders: readonly string[] = [SERVER_FOLDER, "mesh", "practices"];

/** The last file of an economy to be made: where it is, all that every part needs is there. */
export const SECRETS_FILE = "secrets.json";

/** What an economy has from its first start on, and no other folder of Restante. */
export const economyFiles: readonly string[] = ["setup.json", SECRETS_FILE];

/**
 * Refuses a folder of `restante server --dev`, which has a server and no organisations.
 *
 * @throws CliError `folder-not-ours`
 */
export async function refuseDevelopmentFolder(folder: string): Promise<void> {
  const server = join(folder, SERVER_FOLDER);
  if (!existsSync(server) || economyFiles.some((name) => existsSync(join(folder, name)))) return;
  // Whoever only sends has no use for a server: it is loaded where there is something to ask.
  const { isMarked } = await import("@restante/mesh-server/development");
  if (!(await isMarked(server))) return;
  throw new CliError(
    "folder-not-ours",
    `${folder} is of restante server --dev, which has no organisations: name another with --data`,
  );
}

/**
 * Refuses a folder that holds something else than an economy: a mistyped --data must not fill somebody's home with keys.
 *
 * @throws CliError `folder-not-ours`, DurableError for what cannot be read
 */
export function refuseOthersFolder(folder: string): void {
  refuseFile(folder);
  if (!existsSync(folder)) return;
  // One look, so that what another part makes here meanwhile is no stranger's.
  const names = namesIn(folder);
  if (names.includes("authority") || dataFolders.some((name) => names.includes(name))) return;
  // What a first start writes first, also while it does, or half of it after a kill.
  const strange = names.find((name) => !/^\.?setup\./.test(name));
  if (strange === undefined) return;
  throw new CliError(
    "folder-not-ours",
    `${folder} is neither empty nor a folder of Restante (it holds '${strange}'): name another with --data`,
  );
}

/**
 * Refuses a folder without an economy, for commands that start no part: what they store would wait there for good.
 *
 * @throws CliError `not-set-up`, naming an economy nearby if there is one
 */
export function refuseFolderWithoutEconomy(folder: string): void {
  refuseFile(folder);
  if (existsSync(join(folder, SECRETS_FILE)) || hasData(folder)) return;
  const other = economyNear(folder);
  const advice =
    other === undefined
      ? `start one there with: restante up --data ${quoted(folder)}`
      : `there is one in ${other.folder}${other.running ? ", and it is running" : ""}: --data ${quoted(other.folder)}`;
  throw new CliError("not-set-up", `${folder} holds no economy; ${advice}`);
}

function refuseFile(folder: string): void {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== false) return;
  throw new CliError("folder-not-ours", `${folder} is no folder: name another with --data`);
}

/** Whether a part has kept anything here: then its keys and passwords were here too. */
export function hasData(folder: string): boolean {
  return dataFolders.some((name) => existsSync(join(folder, name)));
}

/** How many entries of a folder are looked at. */
const MOST_LOOKED_AT = 1000;

/**
 * Where somebody who named a folder without an economy may have meant: one of the same name in a folder above, or any
 * beside it. One that runs comes first.
 */
function economyNear(folder: string): { folder: string; running: boolean } | undefined {
  const above: string[] = [];
  for (let at = dirname(folder); at !== dirname(at); at = dirname(at)) above.push(join(dirname(at), basename(folder)));
  const beside = namesIn(dirname(folder), true)
    .slice(0, MOST_LOOKED_AT)
    .map((name) => join(dirname(folder), name));
  const found = [...beside, ...above]
    .filter((place) => place !== folder && existsSync(join(place, SECRETS_FILE)) && hasData(place))
    .map((place) => ({ folder: place, running: isFolderHeld(join(place, SERVER_FOLDER), "server") }));
  return found.find(({ running }) => running) ?? found[0];
}

function namesIn(folder: string, lenient: boolean = false): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (lenient) return [];
    throw asDurableError(error, folder);
  }
}

/** A path as a person would type it here. */
export function shortest(path: string): string {
  const fromHere = relative(process.cwd(), resolve(path));
  return fromHere !== "" && fromHere.length < path.length ? fromHere : path;
}
