import { access, readdir, stat } from "node:fs/promises";
import { extname, join } from "node:path";
import { systemReason } from "@restante/durable";
import { CliError } from "../errors.ts";

/** A file that should hold a message, and the control file that lies beside it. */
export interface MessageFile {
  /** As it was named, or the folder as it was named and the path below it. */
  readonly file: string;
  readonly controlFile?: string;
}

const messageEndings: ReadonlySet<string> = new Set([".xml", ".dat", ".json"]);

/**
 * The files named, and those below the folders named that end in .xml, .dat or .json; folder by folder, in the order of
 * their names. Passes over names that begin with a dot: those are files being written. Follows no symbolic link below
 * a folder.
 *
 * @throws CliError `input-unreadable` before the first is given, where a name leads nowhere; or where a folder cannot be
 * listed
 */
export async function* findMessages(places: readonly string[]): AsyncGenerator<MessageFile> {
  const kinds: { place: string; isFolder: boolean }[] = [];
  // Named twice, checked once.
  for (const place of new Set(places)) kinds.push({ place, isFolder: await isFolder(place) });
  for (const { place, isFolder } of kinds) {
    if (isFolder) yield* below(place);
    else yield await withControlFile(place);
  }
}

/**
 * One message, and the control file named for it or, where none is named, the one beside it.
 *
 * @throws CliError where one of the two is no file, or the message is a control file
 */
export async function oneMessage(file: string, controlFile: string | undefined): Promise<MessageFile> {
  refuseControlFile(file);
  for (const name of controlFile === undefined ? [file] : [file, controlFile]) {
    const found = await stat(name).catch((cause: unknown) => {
      throw cannotRead(name, cause);
    });
    if (found.isDirectory()) throw new CliError("input-unreadable", `${name} is a folder: name one file`);
  }
  return controlFile === undefined ? withControlFile(file) : { file, controlFile };
}

/** The control file beside one message file, if there is one. */
async function withControlFile(file: string): Promise<MessageFile> {
  const stem = stemOf(file);
  for (const controlFile of [`${stem}.ctl`, `${stem}.CTL`]) {
    if (await exists(controlFile)) return { file, controlFile };
  }
  return { file };
}

async function isFolder(place: string): Promise<boolean> {
  refuseControlFile(place);
  try {
    const found = await stat(place);
    if (!found.isDirectory() && !found.isFile()) {
      throw new CliError("input-unreadable", `${place} is neither a file nor a folder`);
    }
    return found.isDirectory();
  } catch (cause) {
    throw cannotRead(place, cause);
  }
}

function refuseControlFile(place: string): void {
  if (!isControlFile(place)) return;
  throw new CliError("usage", `${place} is a control file: name the message, and the control file with --ctl`);
}

async function* below(folder: string): AsyncGenerator<MessageFile> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause: unknown) => {
    throw cannotRead(folder, cause);
  });
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  const controlFiles = new Map(
    entries.filter(({ name }) => isControlFile(name)).map(({ name }) => [stemOf(name), join(folder, name)]),
  );
  for (const entry of entries) {
    if (entry.name.startsWith(".")) continue;
    const file = join(folder, entry.name);
    if (entry.isDirectory()) yield* below(file);
    if (!entry.isFile() || !messageEndings.has(extname(entry.name).toLowerCase())) continue;
    const controlFile = controlFiles.get(stemOf(entry.name));
    yield controlFile === undefined ? { file } : { file, controlFile };
  }
}

/** What to throw where `place` cannot be read: `input-unreadable`, or the cause itself where it is something else. */
export function cannotRead(place: string, cause: unknown): unknown {
  if (!isSystemError(cause)) return cause;
  return new CliError("input-unreadable", `${place} cannot be read: ${systemReason(cause)}`, { cause });
}

/** Whether the operating system refused, rather than anything here being wrong. */
export function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && "syscall" in error;
}

function isControlFile(name: string): boolean {
  return extname(name).toLowerCase() === ".ctl";
}

function stemOf(file: string): string {
  return file.slice(0, file.length - extname(file).length);
}

async function exists(file: string): Promise<boolean> {
  try {
    await access(file);
    return true;
  } catch {
    return false;
  }
}
