// An S3-compatible store that npm brings (decision 315), as a process of its own, which can be killed.

import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import type { TestContext } from "node:test";
import { fileURLToPath } from "node:url";

import type { MeshServerConfig } from "@restante/mesh-server";

import { atEnd } from "./at-end.ts";
import type { S3Ports, S3Settings } from "./serve-s3.ts";
import { temporaryFolder } from "./temporary-folder.ts";

export interface S3 {
  /** It keeps its port, its bucket and all that it has confirmed, also when it is killed. */
  readonly endpoint: string;
  readonly bucket: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** With which a server keeps its bodies there, below a prefix of its own. */
  settings(): Pick<MeshServerConfig, "bodies" | "s3">;
  /** Of the process that runs now: to be stopped for a while, say. */
  readonly pid: number;
  /** kill -9. Resolves when the process is gone. */
  kill(): Promise<void>;
  /** Starts it again after `kill`. Resolves when it listens. */
  start(): Promise<void>;
  /** Past its door: what a test does to it is seen by nobody. */
  keys(): Promise<string[]>;
  /** All but the marks that say whose a place is. */
  bodies(): Promise<string[]>;
  /** The keys of uploads that were begun and not ended. */
  uploads(): Promise<string[]>;
  get(key: string): Promise<Buffer>;
  put(key: string, bytes: Uint8Array): Promise<void>;
  delete(key: string): Promise<void>;
}

/** One for a test, or for a file of tests. */
export async function startS3(t: Pick<TestContext, "after">): Promise<S3> {
  const settings: S3Settings = {
    folder: await temporaryFolder(t),
    bucket: "bodies",
    port: 0,
    accessKeyId: "GK0123456789",
    secretAccessKey: "secret-of-the-store",
  };
  let child: ChildProcess | undefined;
  let inside = 0;

  async function start(): Promise<void> {
    child = spawnS3(settings);
    const exited = once(child, "exit").then(() => {
      throw new Error("The S3 store ended before it listened.");
    });
    const [ports] = (await Promise.race([once(child, "message"), exited])) as [S3Ports];
    exited.catch(() => undefined);
    settings.port = ports.port;
    inside = ports.inside;
  }

  async function kill(): Promise<void> {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, "exit");
    child.kill("SIGKILL");
    await exited;
  }

  async function ask(path: string, options: RequestInit = {}): Promise<Response> {
    const answer = await fetch(`http://127.0.0.1:${inside}/${settings.bucket}${path}`, options);
    if (!answer.ok) throw new Error(`${options.method ?? "GET"} ${path}: ${answer.status}`);
    return answer;
  }

  const keys = async (): Promise<string[]> => keysIn(await ask("?list-type=2"));
  atEnd(t, kill);
  await start();
  return {
    get endpoint() {
      return `http://127.0.0.1:${settings.port}`;
    },
    bucket: settings.bucket,
    accessKeyId: settings.accessKeyId,
    secretAccessKey: settings.secretAccessKey,
    settings: () => ({
      bodies: `s3://${settings.bucket}/${randomUUID()}`,
      s3: {
        endpoint: `http://127.0.0.1:${settings.port}`,
        accessKeyId: settings.accessKeyId,
        secretAccessKey: settings.secretAccessKey,
      },
    }),
    get pid() {
      return child!.pid!;
    },
    kill,
    start,
    keys,
    bodies: async () => (await keys()).filter((key) => !key.endsWith("/.mark")),
    uploads: async () => keysIn(await ask("?uploads")),
    get: async (key) => Buffer.from(await (await ask(`/${key}`)).arrayBuffer()),
    put: async (key, bytes) => void (await ask(`/${key}`, { method: "PUT", body: new Uint8Array(bytes) })),
    delete: async (key) => void (await ask(`/${key}`, { method: "DELETE" })),
  };
}

async function keysIn(listed: Response): Promise<string[]> {
  return [...(await listed.text()).matchAll(/<Key>([^<]*)<\/Key>/g)].map(([, key]) => key!);
}

function spawnS3(settings: S3Settings): ChildProcess {
  const words = [
    "--conditions=@restante/source",
    "--disable-warning=ExperimentalWarning",
    fileURLToPath(new URL("serve-s3.ts", import.meta.url)),
    JSON.stringify(settings),
  ];
  return spawn(process.execPath, words, { stdio: ["ignore", "inherit", "inherit", "ipc"] });
}
