import { open, readFile, stat } from "node:fs/promises";
import { type EnvelopeToCheck, readMessage, type ReadResult } from "@restante/itk3";
import { type ControlFile, ControlFileError, isRoutingAddress, readControlFile } from "@restante/mesh";
import { CliError } from "../errors.ts";
import type { MessageFile } from "./find-messages.ts";

/** A message file as far as it could be read, and what came beside it. */
export interface Input {
  readonly bytes: number;
  readonly read: ReadResult;
  readonly control?: ControlFile;
  /** Why there is no `control` though there is a control file. */
  readonly controlFault?: ControlFileError;
}

/**
 * Reads a message file and its control file. No more of it than `maxBytes` and one is held: enough to see that it is
 * too large.
 *
 * @throws the operating system's error where a file cannot be opened or read; CliError `input-unreadable` where it is no file
 */
export async function readInput({ file, controlFile }: MessageFile, maxBytes: number): Promise<Input> {
  const beside = controlFile === undefined ? {} : await readControl(controlFile);
  const { content, bytes } = await readAtMost(file, maxBytes + 1);
  return { bytes, read: readMessage(content, { maxBytes }), ...beside };
}

/** What a control file says that a message can be held against; what it leaves out is empty, not unknown. */
export function envelopeOf(control: ControlFile): EnvelopeToCheck {
  const { from = "", to = "", workflowId = "", subject = "", localId = "", messageId } = control;
  // Where MESH has handled the message already (it has an id), the address may be the mailbox that MESH put in the
  // place of what the sender wrote: nothing can be said of that.
  const asWritten = messageId === undefined || isRoutingAddress(to);
  return { from, to: asWritten ? to : undefined, workflowId, subject, localId };
}

async function readControl(file: string): Promise<Pick<Input, "control" | "controlFault">> {
  const { content } = await readAtMost(file, 1_000_000);
  try {
    return { control: readControlFile(content) };
  } catch (error) {
    if (error instanceof ControlFileError) return { controlFault: error };
    throw error;
  }
}

async function readAtMost(file: string, limit: number): Promise<{ content: Uint8Array; bytes: number }> {
  // Before it is opened: opening a pipe waits for its other end, and no signal would end that.
  const about = await stat(file);
  if (!about.isFile() && !about.isDirectory()) throw new CliError("input-unreadable", `${file} is not a file`);
  await using handle = await open(file);
  const { size } = await handle.stat();
  if (size <= limit) return { content: await readFile(handle), bytes: size };
  const content = new Uint8Array(limit);
  let filled = 0;
  while (filled < limit) {
    const { bytesRead } = await handle.read(content, filled, limit - filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return { content: content.subarray(0, filled), bytes: size };
}
