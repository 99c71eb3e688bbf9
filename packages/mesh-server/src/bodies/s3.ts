// Bodies in an S3-compatible store, for any number of nodes.
//
// A large body is an object `PREFIX/<name>.<random>`, put whole or as an upload of parts that is ended when all have come
// (s3-upload.ts): until then there is no object. A crash before the row's commit leaves an object that no row names, or an
// upload without an end: see s3-sweep.ts. Nothing rests on a put that is conditional: names are random, and the row decides.
//
// A store that is away says nothing of a body. It is told as trouble, and tried again each second, until it passes what it
// had to pass at the start. What that does not meet, as a limit for what is large, comes back at once: then it is tried after twice
// the time, so that a trouble that lasts is not told as one without number.

import { hash as hashOf, randomBytes } from "node:crypto";
import type { Readable } from "node:stream";

import { MeshServerError } from "../errors.ts";
import { type Bodies, BodyDamaged, type StoredBody } from "./bodies.ts";
import type { PieceSource } from "./checked-pieces.ts";
import { isBodyName, MARK_NAME } from "./names.ts";
import { checkSize, openInline, openSource } from "./open-body.ts";
import { receiveBody } from "./receive.ts";
import { s3Source } from "./s3-source.ts";
import { createRoom } from "./room.ts";
import { createShares } from "./shares.ts";
import { openS3Store, type Part, type S3Store, type S3StoreOptions } from "./s3-store.ts";
import { type S3Swept, type SweepAges, sweepS3 } from "./s3-sweep.ts";
import { beginUpload } from "./s3-upload.ts";
import { s3Failure } from "./s3-words.ts";

const AGAIN_MS = 1_000;
/** What is full takes the few bytes of a check for longer than a body. */
const FULL_AGAIN_MS = 60_000;
/** What is back within so long of its end has not ended. */
const BACK_MS = 60_000;
const LONGEST_AGAIN_MS = 10 * 60_000;
/** Of all bodies that come in: fifty of the largest, or a hundred that are sent and filled by turns. */
const MOST_HELD_BYTES = 512 * 1024 * 1024;
/** Of that, what one mailbox may have: whoever sends slowly, or means ill, leaves the others the rest. */
const SHARE_OF_ONE = 1 / 4;
/** What is longer is no mark of ours, of which the beginning says so too. */
const MOST_MARK_BYTES = 64;

export interface S3BodiesOptions extends S3StoreOptions {
  /** Up to this size a body is given back to be stored in its row. */
  smallBytes: number;
  /** How much is held of all bodies that come in. Absent: 512 MiB. */
  mostHeldBytes?: number;
  /** Told each time the store cannot be used, or is full, in words. */
  onTrouble?: (reason: string) => void;
  /** Told once it can be again. */
  onWorking?: () => void;
}

export interface S3Bodies extends Bodies, AsyncDisposable {
  /** The place, for people: without a key. */
  readonly where: string;
  /** When it was opened there was no body, and no mark. */
  readonly wasEmpty: boolean;
  /** What says whose the place is. @throws {MeshServerError} `bodies-unusable` */
  readMark(): Promise<string | undefined>;
  /** @throws {MeshServerError} `bodies-unusable`, `store-full`; it may have been put */
  putMark(mark: string): Promise<void>;
  /** Whether one of them is there. @throws {MeshServerError} `bodies-unusable` */
  hasAny(fileNames: readonly string[]): Promise<boolean>;
  /** Deletes what no row names and is old, and ends uploads that are. At any time, on any node. */
  sweep(isNamed: (fileName: string) => Promise<boolean>, ages: SweepAges, signal?: AbortSignal): Promise<S3Swept>;
}

/** @throws {MeshServerError} `bodies-unreachable`, with what an operator can do about it */
export async function openS3Bodies({
  smallBytes,
  mostHeldBytes = MOST_HELD_BYTES,
  onTrouble = () => undefined,
  onWorking = () => undefined,
  ...place
}: S3BodiesOptions): Promise<S3Bodies> {
  // Of this server, so that one that may put and not delete leaves one.
  const probe = `.probe.${randomBytes(4).toString("hex")}`;
  const [store, wasEmpty] = await openChecked(place, probe);
  const memory = createRoom(mostHeldBytes);
  const memoryOf = createShares(memory, mostHeldBytes * SHARE_OF_ONE);
  let again: NodeJS.Timeout | undefined;
  let lastMet: MeshServerError | undefined;
  let isTroubled = false;
  let firstAgainMs = AGAIN_MS;
  let overAt = -Infinity;
  let isClosed = false;
  // After one that failed none is tried, so that whoever deletes many waits no longer: the rest is the sweep's, until the store is well.
  let deletesFail = false;

  /** What a caller asks of the store, and fails with it. */
  async function telling<Outcome>(ask: () => Promise<Outcome>): Promise<Outcome> {
    try {
      return await ask();
    } catch (error) {
      if (isOfStore(error)) met(error);
      throw error;
    }
  }

  function met(failure: MeshServerError): void {
    // What fails while it is read to be given whole fails whoever opened it too.
    if (isClosed || failure === lastMet) return;
    lastMet = failure;
    onTrouble(failure.message);
    if (again !== undefined) return;
    let inMs = failure.code === "store-full" ? FULL_AGAIN_MS : AGAIN_MS;
    if (!isTroubled) {
      isTroubled = true;
      const isBack = performance.now() - overAt < BACK_MS;
      firstAgainMs = isBack ? Math.min(firstAgainMs * 2, LONGEST_AGAIN_MS) : AGAIN_MS;
      inMs = Math.max(inMs, firstAgainMs);
    }
    again = setTimeout(() => void checkAgain(), inMs).unref();
  }

  async function checkAgain(): Promise<void> {
    try {
      await check(store, probe);
      again = undefined;
      isTroubled = false;
      overAt = performance.now();
      deletesFail = false;
      if (!isClosed) onWorking();
    } catch (error) {
      again = undefined;
      met(error as MeshServerError);
    }
  }

  async function openObject(body: StoredBody & { kind: "file" }): Promise<Buffer | Readable> {
    const found = await store.get(body.fileName);
    if (found === undefined) throw new BodyDamaged("missing");
    const source = sourceOf(found.bytes, store, met);
    try {
      // S3, GetObject: Content-Length is always said. Without it nothing can be said of the body.
      if (found.size === undefined) throw s3Failure(undefined, store.where, "s3:GetObject");
      checkSize(found.size, body);
    } catch (error) {
      await source.close();
      throw error;
    }
    return openSource(source, body);
  }

  return {
    where: store.where,
    wasEmpty,
    readMark: async () => telling(async () => readMark(store, met)),
    putMark: async (mark) => telling(async () => store.put(MARK_NAME, partOf(Buffer.from(mark)))),
    async hasAny(fileNames) {
      for (const fileName of fileNames) {
        const found = await store.get(fileName);
        if (found === undefined) continue;
        await sourceOf(found.bytes, store).close();
        return true;
      }
      return false;
    },
    receive: async (source, name, { sender, ...options }) =>
      telling(async () =>
        receiveBody(source, name, { smallBytes, ...options }, async (fileName, coming) =>
          beginUpload(store, sender === undefined ? memory : memoryOf(sender), fileName, coming),
        ),
      ),
    open: async (body) => (body.kind === "inline" ? openInline(body) : telling(async () => openObject(body))),
    async discard(body, signal) {
      if (body.kind !== "file" || deletesFail || signal?.aborted === true) return;
      await store.delete(body.fileName, signal).catch((error: MeshServerError) => {
        if (signal?.aborted === true) return;
        deletesFail = true;
        met(error);
      });
    },
    sweep: async (isNamed, ages, signal) => telling(async () => sweepS3(store, isNamed, ages, signal)),
    async [Symbol.asyncDispose]() {
      isClosed = true;
      clearTimeout(again);
      store[Symbol.dispose]();
    },
  };
}

async function openChecked(place: S3StoreOptions, probe: string): Promise<[S3Store, boolean]> {
  let store: S3Store | undefined;
  try {
    store = await openS3Store(place);
    return [store, await check(store, probe)];
  } catch (error) {
    store?.[Symbol.dispose]();
    if (!(error instanceof MeshServerError)) throw error;
    throw new MeshServerError("bodies-unreachable", error.message, { retry: "safe" });
  }
}

function isOfStore(error: unknown): error is MeshServerError {
  return error instanceof MeshServerError && (error.code === "bodies-unusable" || error.code === "store-full");
}

/** Does all that is done with bodies once, and says whether there are none. A list alone would not tell who may not write. */
async function check(store: S3Store, name: string): Promise<boolean> {
  const bytes = randomBytes(16);
  const part = partOf(bytes);
  await store.put(name, part);
  const source = sourceOf((await store.get(name))?.bytes ?? nothingThere(store), store);
  const got = Buffer.alloc(bytes.length);
  await source.read(got, 0);
  await source.close();
  if (!got.equals(bytes)) nothingThere(store);
  // Before anything else can fail.
  await store.delete(name);
  let isEmpty = true;
  for await (const page of store.list()) {
    isEmpty = !page.some((object) => isBodyName(object.name) || object.name === MARK_NAME);
    if (!isEmpty) break;
  }
  const id = await store.beginUpload(name);
  const sent = await store.putPart(name, id, 1, part).catch((error: MeshServerError) => error);
  await store.abortUpload(name, id);
  if (typeof sent !== "string") throw sent;
  // The sweep's: who may not is told now and not in an hour.
  for await (const _ of store.listUploads()) break;
  return isEmpty;
}

async function readMark(store: S3Store, met: (failure: MeshServerError) => void): Promise<string | undefined> {
  const found = await store.get(MARK_NAME, store.patience.delete);
  if (found === undefined) return undefined;
  const source = sourceOf(found.bytes, store, met);
  try {
    const bytes = Buffer.alloc(MOST_MARK_BYTES);
    return bytes.toString("utf8", 0, await source.read(bytes, 0));
  } finally {
    await source.close();
  }
}

function partOf(bytes: Buffer): Part {
  return { bytes, sha256: hashOf("sha256", bytes, "buffer") };
}

function sourceOf(
  answer: Readable,
  { where, patience: { silence } }: S3Store,
  met: (failure: MeshServerError) => void = () => undefined,
): PieceSource {
  return s3Source(answer, {
    silence,
    failure(error) {
      const failure = s3Failure(error, where, "s3:GetObject");
      met(failure);
      return failure;
    },
  });
}

function nothingThere({ where }: S3Store): never {
  throw new MeshServerError("bodies-unusable", `${where}: it does not give back what was put there`, { retry: "safe" });
}
