// The requests that bodies make of an S3-compatible store, each bounded in time, each failure in words. The SDK is loaded here,
// when a store is opened, and is used nowhere else.

import type { Readable } from "node:stream";

import type { S3ClientConfig } from "@aws-sdk/client-s3";

import { MeshServerError } from "../errors.ts";
import { createRoom } from "./room.ts";
import { createKeys } from "./s3-keys.ts";
import { patient, type S3Patience } from "./s3-patience.ts";
import { isMissing, type S3Action, s3Failure } from "./s3-words.ts";
import { until } from "./until.ts";

const TRIES = 3;
/** To the store at once: whoever comes beyond waits, and no longer than for a connection. */
const MOST_CONNECTIONS = 128;
/** On its way there at once: 16 parts. Of more, a store that takes 4 MB a second would have answered none in time. */
const MOST_SENT_BYTES = 16 * 5 * 1024 * 1024;
/** Of bodies that are read, as slowly as whoever asked for each takes it: as many as a server has clients, so that none waits for them. */
const MOST_READ = 5_000;
/** As many as S3 lists at once. */
const PAGE = 1000;

export interface S3StoreOptions {
  bucket: string;
  /** Before each name. Empty, or with a slash at its end. */
  prefix: string;
  /** Absent: Amazon's, of the region. */
  endpoint?: string;
  region?: string;
  /** Absent: as Amazon's programs find them, in the environment, a profile or the role of the machine. */
  accessKeyId?: string;
  secretAccessKey?: string;
  /** Absent: as patient as a server is. */
  patience?: Partial<S3Patience>;
  /** How much is sent to it at once. Absent: 80 MiB. */
  mostSentBytes?: number;
  /** How many things are listed at once. Absent: as many as S3 lists. */
  page?: number;
}

/** Bytes on their way, and their SHA-256, which is signed: a store takes nothing else for them. */
export interface Part {
  bytes: Buffer;
  sha256: Uint8Array;
  /** What ends its waiting for its turn. What is being sent is sent. */
  signal?: AbortSignal;
}

export interface Listed {
  name: string;
  at: Date;
}

export interface ListedUpload extends Listed {
  id: string;
}

/** Names are without the prefix. Everything fails with `bodies-unusable` or `store-full`, which name the place. */
export interface S3Store extends Disposable {
  /** The place, without a key. */
  readonly where: string;
  readonly patience: S3Patience;
  put(name: string, part: Part): Promise<void>;
  beginUpload(name: string): Promise<string>;
  /** @returns what S3 calls it by */
  putPart(name: string, id: string, number: number, part: Part): Promise<string>;
  endUpload(name: string, id: string, tags: readonly string[]): Promise<void>;
  abortUpload(name: string, id: string): Promise<void>;
  /** Undefined: there is no such object. `milliseconds`: if it is not as patient as with a body. */
  get(name: string, milliseconds?: number): Promise<{ size: number | undefined; bytes: Readable } | undefined>;
  /** One that is not there is none the less deleted. */
  delete(name: string, signal?: AbortSignal): Promise<void>;
  /** What lies right below the prefix, by pages; folders below it are names that end in a slash, and as old as can be. */
  list(): AsyncGenerator<Listed[]>;
  listUploads(): AsyncGenerator<ListedUpload[]>;
  /** How far its clock is ahead of this machine's, where that is five minutes and more. */
  aheadMs(): number;
}

export async function openS3Store(options: S3StoreOptions): Promise<S3Store> {
  const { bucket: Bucket, prefix, endpoint, accessKeyId, secretAccessKey, page: most = PAGE } = options;
  const patience = { ...patient, ...options.patience };
  const where = `s3://${Bucket}/${prefix}${endpoint === undefined ? "" : ` at ${new URL(endpoint).origin}`}`;
  const s3 = await import("@aws-sdk/client-s3");
  // One that speaks like Amazon's has often no regions, but a signature has.
  const region = options.region ?? (endpoint === undefined ? undefined : "us-east-1");
  const connectTo = (
    mostConnections: number,
    credentials: S3ClientConfig["credentials"],
  ): InstanceType<typeof s3.S3Client> =>
    new s3.S3Client({
      ...(region !== undefined && { region }),
      ...(endpoint !== undefined && { endpoint, forcePathStyle: true }),
      ...(credentials !== undefined && { credentials }),
      ...readAnew,
      maxAttempts: TRIES,
      retryMode: "standard",
      // What not every store knows (decision 314). That the bytes are right, signatures say to it, and our digest to us.
      requestChecksumCalculation: "WHEN_REQUIRED",
      responseChecksumValidation: "WHEN_REQUIRED",
      // With it the SDK makes connections that nobody counts.
      expectContinueHeader: false,
      requestHandler: {
        connectionTimeout: patience.connect,
        requestTimeout: patience.answer,
        throwOnRequestTimeout: true,
        // A client that is slow to take a body is none that has gone.
        socketTimeout: 0,
        httpAgent: { maxSockets: mostConnections },
        httpsAgent: { maxSockets: mostConnections },
        logger: silent,
      },
      logger: silent,
    });
  const given =
    accessKeyId !== undefined && secretAccessKey !== undefined ? { accessKeyId, secretAccessKey } : undefined;
  const client = connectTo(MOST_CONNECTIONS, given);
  const reader = connectTo(MOST_READ, client.config.credentials);
  const keys = createKeys(client.config.credentials, where);
  const running = new Set<AbortController>();
  let isClosed = false;
  const sending = createRoom(options.mostSentBytes ?? MOST_SENT_BYTES);
  await client.config.region().catch(() => {
    throw new MeshServerError("bodies-unusable", `${where}: its region is missing: set s3.region`, { retry: "safe" });
  });

  function at(name: string): { Bucket: string; Key: string } {
    return { Bucket, Key: `${prefix}${name}` };
  }

  async function bounded<Answer>(
    action: S3Action,
    request: (options: { abortSignal: AbortSignal }) => Promise<Answer>,
    milliseconds: number = patience.request,
    signal?: AbortSignal,
  ): Promise<Answer> {
    // What waited for its turn, or for room, may come only then.
    if (isClosed) throw new MeshServerError("bodies-unusable", `${where}: it was closed`, { retry: "safe" });
    const ending = new AbortController();
    const timer = setTimeout(() => ending.abort(), milliseconds);
    running.add(ending);
    const abortSignal = signal === undefined ? ending.signal : AbortSignal.any([ending.signal, signal]);
    try {
      await keys.find(abortSignal);
      // Of keys that have ended meanwhile the SDK waits for others, whatever the signal says.
      return await until(abortSignal, request({ abortSignal }));
    } catch (error) {
      if (error instanceof MeshServerError || (mayLack.has(action) && isMissing(error))) throw error;
      keys.failed(error);
      throw s3Failure(error, where, action);
    } finally {
      clearTimeout(timer);
      running.delete(ending);
    }
  }

  /** In its turn. */
  async function send<Answer>(
    { bytes, signal }: Part,
    request: (options: { abortSignal: AbortSignal }) => Promise<Answer>,
  ): Promise<Answer> {
    const release = await sending.take(bytes.byteLength, patience.turn, signal);
    if (release === undefined) {
      throw new MeshServerError("bodies-unusable", `${where}: it takes what is sent too slowly`, { retry: "safe" });
    }
    try {
      return await bounded("s3:PutObject", request);
    } finally {
      release();
    }
  }

  /** The SDK would compute it itself, on the thread that serves. */
  function signed<Command extends { middlewareStack: { add: (...words: never[]) => void } }>(
    command: Command,
    { sha256 }: Part,
  ): Command {
    const middleware =
      (next: (words: unknown) => unknown) =>
      (words: { request: { headers: Record<string, string> } }): unknown => {
        words.request.headers["x-amz-content-sha256"] = Buffer.from(sha256).toString("hex");
        return next(words);
      };
    (command.middlewareStack.add as (added: unknown, options: object) => void)(middleware, { step: "build" });
    return command;
  }

  return {
    where,
    patience,
    async put(name, part) {
      const command = signed(new s3.PutObjectCommand({ ...at(name), Body: part.bytes }), part);
      await send(part, async (how) => client.send(command, how));
    },
    async beginUpload(name) {
      const command = new s3.CreateMultipartUploadCommand(at(name));
      const { UploadId } = await bounded("s3:PutObject", async (how) => client.send(command, how));
      return told(UploadId, where);
    },
    async putPart(name, UploadId, PartNumber, part) {
      const command = signed(new s3.UploadPartCommand({ ...at(name), UploadId, PartNumber, Body: part.bytes }), part);
      return told((await send(part, async (how) => client.send(command, how))).ETag, where);
    },
    async endUpload(name, UploadId, tags) {
      const Parts = tags.map((ETag, index) => ({ ETag, PartNumber: index + 1 }));
      const command = new s3.CompleteMultipartUploadCommand({ ...at(name), UploadId, MultipartUpload: { Parts } });
      // Making one object of the parts takes its time, and to ask again after it was done would fail.
      const requestTimeout = patience.request;
      await bounded("s3:PutObject", async (how) => client.send(command, { ...how, requestTimeout }));
    },
    async abortUpload(name, UploadId) {
      const command = new s3.AbortMultipartUploadCommand({ ...at(name), UploadId });
      await bounded("s3:AbortMultipartUpload", async (how) => client.send(command, how), patience.delete).catch(
        // By another node.
        unlessMissing,
      );
    },
    async get(name, milliseconds) {
      const command = new s3.GetObjectCommand(at(name));
      const answer = await bounded("s3:GetObject", async (how) => reader.send(command, how), milliseconds).catch(
        unlessMissing,
      );
      return answer === undefined ? undefined : { size: answer.ContentLength, bytes: answer.Body as Readable };
    },
    async delete(name, signal) {
      const command = new s3.DeleteObjectCommand(at(name));
      await bounded("s3:DeleteObject", async (how) => client.send(command, how), patience.delete, signal);
    },
    async *list() {
      for (let token: string | undefined; ;) {
        const command = new s3.ListObjectsV2Command({
          Bucket,
          Prefix: prefix,
          Delimiter: "/",
          MaxKeys: most,
          ...(token !== undefined && { ContinuationToken: token }),
        });
        const page = await bounded("s3:ListBucket", async (how) => client.send(command, how));
        yield [
          ...(page.Contents ?? []).map(({ Key = "", LastModified }) => ({
            name: below(Key),
            at: LastModified ?? now(),
          })),
          ...(page.CommonPrefixes ?? []).map(({ Prefix = "" }) => ({ name: below(Prefix), at: new Date(0) })),
        ];
        token = page.IsTruncated === true ? page.NextContinuationToken : undefined;
        if (token === undefined) return;
      }
    },
    async *listUploads() {
      for (let from: { KeyMarker?: string; UploadIdMarker?: string } | undefined; ;) {
        const command = new s3.ListMultipartUploadsCommand({ Bucket, Prefix: prefix, MaxUploads: most, ...from });
        const page = await bounded("s3:ListBucketMultipartUploads", async (how) => client.send(command, how));
        yield (page.Uploads ?? []).map(({ Key = "", UploadId = "", Initiated }) => ({
          name: below(Key),
          id: UploadId,
          at: Initiated ?? now(),
        }));
        if (page.IsTruncated !== true || page.NextKeyMarker === undefined) return;
        from = {
          KeyMarker: page.NextKeyMarker,
          ...(page.NextUploadIdMarker !== undefined && { UploadIdMarker: page.NextUploadIdMarker }),
        };
      }
    },
    aheadMs: () => client.config.systemClockOffset,
    [Symbol.dispose]() {
      isClosed = true;
      for (const ending of running) ending.abort();
      client.destroy();
      reader.destroy();
    },
  };

  function below(key: string): string {
    return key.slice(prefix.length);
  }

  /** Of what a store tells no time of: young, so that nothing is done to it. */
  function now(): Date {
    return new Date(Date.now() + client.config.systemClockOffset);
  }
}

/** What may ask for something that is not there, and be told so. */
const mayLack: ReadonlySet<S3Action> = new Set(["s3:GetObject", "s3:AbortMultipartUpload"]);

function unlessMissing(error: unknown): undefined {
  if (!isMissing(error)) throw error;
}

function told(value: string | undefined, where: string): string {
  if (value === undefined) throw s3Failure(undefined, where, "s3:PutObject");
  return value;
}

/** Of the SDK: files of keys, as they are now and not as they were when this process began. */
const readAnew = { ignoreCache: true };

/** The SDK would write to the terminal. */
const silent = { trace: nothing, debug: nothing, info: nothing, warn: nothing, error: nothing };

function nothing(): void {
  // Whatever it says is said in our words too, or is not for an operator.
}
