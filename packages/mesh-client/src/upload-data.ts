import { type FileHandle, open } from "node:fs/promises";
import { addAbortSignal } from "node:stream";
import { invalid } from "./check-input.ts";
import { codeOf } from "./error-code.ts";
import { MeshClientError } from "./mesh-client-error.ts";
import { type OutgoingBody, prepareBody, wrongLength } from "./outgoing-body.ts";

/** What can be uploaded: a file by its path, or what can be sent. Of a stream, `bodyLength` must tell the length. */
export type UploadBody = { readonly file: string } | OutgoingBody;

/** Data that is read once, from its beginning. */
export interface OpenData extends AsyncDisposable {
  readonly bytes: number;
  /** Ends the reading. */
  readonly signal: AbortSignal;
  /** Fails if it is not so long as was told. */
  readonly pieces: () => AsyncIterable<Uint8Array>;
  /** To be called before the last of it is sent: throws if a file was written while it was read. */
  readonly checkUnchanged: () => Promise<void>;
}

const nothingToDo = async (): Promise<void> => undefined;
const pieceBytes = 1024 * 1024;

export async function openData(
  given: UploadBody,
  { bodyLength, signal }: { readonly bodyLength: unknown; readonly signal: AbortSignal },
): Promise<OpenData> {
  if (isFile(given)) return openFile(given.file, { bodyLength, signal });
  const { body } = prepareBody(given, bodyLength);
  if (body instanceof Uint8Array) {
    return {
      bytes: body.byteLength,
      signal,
      pieces: async function* () {
        if (body.byteLength > 0) yield body;
      },
      checkUnchanged: nothingToDo,
      [Symbol.asyncDispose]: nothingToDo,
    };
  }
  const { length } = body;
  if (length === undefined) {
    throw invalid("bodyLength", "the length of a stream is needed: MESH asks for the number of chunks with the first");
  }
  return {
    bytes: length,
    signal,
    pieces: () => addAbortSignal(signal, body.open()) as AsyncIterable<Uint8Array>,
    checkUnchanged: nothingToDo,
    [Symbol.asyncDispose]: nothingToDo,
  };
}

function isFile(given: unknown): given is { readonly file: string } {
  return typeof given === "object" && given !== null && "file" in given && typeof given.file === "string";
}

async function openFile(
  path: string,
  { bodyLength, signal }: { readonly bodyLength: unknown; readonly signal: AbortSignal },
): Promise<OpenData> {
  const file = await open(path).catch((error: unknown) => {
    throw unreadable(error);
  });
  try {
    const { size, mtimeNs } = await stat(file);
    const bytes = Number(size);
    if (bodyLength !== undefined && bodyLength !== bytes) throw wrongLength();
    return {
      bytes,
      signal,
      pieces: () => piecesOf(file, bytes, signal),
      checkUnchanged: async () => {
        const now = await stat(file);
        if (now.size !== size || now.mtimeNs !== mtimeNs) throw changedMeanwhile();
      },
      [Symbol.asyncDispose]: async () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function stat(file: FileHandle): Promise<{ readonly size: bigint; readonly mtimeNs: bigint }> {
  const stats = await file.stat({ bigint: true });
  if (!stats.isFile()) throw invalid("body", "it is no file");
  return stats;
}

async function* piecesOf(
  file: FileHandle,
  bytes: number,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  for (let at = 0; at < bytes;) {
    signal.throwIfAborted();
    const length = Math.min(pieceBytes, bytes - at);
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(length), 0, length, at);
    if (bytesRead === 0) throw changedMeanwhile();
    at += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

function changedMeanwhile(): MeshClientError {
  return new MeshClientError("data-changed", "The file was written while it was being sent.");
}

/** Its own words may name a file. As long as it is not whole, the message is not accepted. */
function unreadable(cause: unknown, signal?: AbortSignal): unknown {
  if (cause instanceof MeshClientError) return cause;
  if (signal?.aborted === true) {
    return new MeshClientError("aborted", "The call was given up.", { cause: signal.reason, retry: "safe" });
  }
  const code = codeOf(cause);
  const what = `What was to be sent could not be read${code === undefined ? "" : ` (${code})`}.`;
  return new MeshClientError("body-unreadable", what, { cause: new Error(code), retry: "safe" });
}

/** The data cut into chunks, in order; the last comes once the data is known to end with it. */
export async function* cut(
  { pieces, bytes, signal }: Pick<OpenData, "pieces" | "bytes" | "signal">,
  chunkBytes: number,
): AsyncGenerator<Buffer, void, undefined> {
  let gathered: Uint8Array[] = [];
  let length = 0;
  /** Not in a chunk that was given yet. */
  let left = bytes;
  try {
    for await (const piece of pieces()) {
      for (let rest = piece; rest.length > 0;) {
        if (length === Math.min(chunkBytes, left)) {
          if (length === left) throw wrongLength();
          yield Buffer.concat(gathered, length);
          left -= length;
          gathered = [];
          length = 0;
        }
        const part = rest.subarray(0, Math.min(chunkBytes, left) - length);
        gathered.push(part);
        length += part.length;
        rest = rest.subarray(part.length);
      }
    }
  } catch (error) {
    throw unreadable(error, signal);
  }
  if (length !== left) throw wrongLength();
  yield Buffer.concat(gathered, length);
}
