import { createReadStream } from "node:fs";
import { type FileHandle, mkdtemp, open, realpath, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { beginFile, systemReason } from "@restante/durable";
import { CliError } from "../errors.ts";
import type { MessageFile } from "./find-messages.ts";

/** Where a report goes, piece by piece. */
export interface ReportOutput extends AsyncDisposable {
  write(text: string): Promise<void>;
  /** Gives the file its name. Without it, disposing leaves nothing behind. */
  finish(): Promise<void>;
}

/**
 * What is read must not be written over, by whatever name.
 *
 * @throws CliError `usage`
 */
export async function refuseOverwriting({ file, controlFile }: MessageFile, output: string): Promise<void> {
  const target = await identityOf(output);
  if (target === undefined) return;
  for (const read of controlFile === undefined ? [file] : [file, controlFile]) {
    if ((await identityOf(read)) === target) throw new CliError("usage", `--output names a file that is read: ${read}`);
  }
}

/** The same for two names of one file; undefined where there is none. */
async function identityOf(file: string): Promise<string | undefined> {
  try {
    const { dev, ino } = await stat(file, { bigint: true });
    return `${dev} ${ino}`;
  } catch {
    return undefined;
  }
}

/** A file that appears whole, under its name, when it is finished. A link is followed, not replaced. */
export async function fileOutput(file: string): Promise<ReportOutput> {
  const there = await stat(file).catch(() => undefined);
  // A file put in the place of /dev/null would be in everybody's way.
  if (there !== undefined && !there.isFile() && !there.isDirectory()) {
    throw new CliError("folder-unusable", `cannot write ${file}: it is not a file`);
  }
  const target = there === undefined ? file : await realpath(file);
  const cannotWrite = (cause: unknown): CliError =>
    new CliError("folder-unusable", `cannot write ${file}: ${systemReason(cause, "folder")}`, { cause });
  // A report is for others too, and holds nothing of the messages.
  const report = await beginFile(dirname(target), basename(target), { mode: "shared" }).catch((cause: unknown) => {
    throw cannotWrite(cause);
  });
  return {
    async write(text) {
      await report.handle.appendFile(text).catch((cause: unknown) => {
        throw cannotWrite(cause);
      });
    },
    async finish() {
      try {
        await report.finish();
      } catch (cause) {
        throw cannotWrite(cause);
      }
    },
    [Symbol.asyncDispose]: async () => report[Symbol.asyncDispose](),
  };
}

/** Keeps text on disk until it is known what comes before it. */
export interface Spool extends AsyncDisposable {
  write(text: string): Promise<void>;
  /** Everything, in pieces. */
  read(): AsyncIterable<string>;
}

export async function openSpool(): Promise<Spool> {
  const folder = await mkdtemp(join(tmpdir(), "restante-check-"));
  const file = join(folder, "report");
  const handle: FileHandle = await open(file, "wx", 0o600);
  return {
    write: (text) => handle.appendFile(text),
    read: () => createReadStream(file, { encoding: "utf8", highWaterMark: 1 << 16 }) as AsyncIterable<string>,
    async [Symbol.asyncDispose]() {
      await handle.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
