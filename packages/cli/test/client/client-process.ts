import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { startTestServer, testMailboxes, type TestServer, testWorkflow, waitFor } from "@restante/testbed";
import { writeControlFile } from "@restante/mesh";
import { partsFolder, secretFile } from "../config/parts-folder.ts";
import { atEnd } from "../support/at-end.ts";
import { type RunningCommand, runCommand } from "../support/processes.ts";

/** A folder with a client.yaml, and the server that it names. */
export interface ClientFolder {
  readonly folder: string;
  readonly server: TestServer;
  readonly at: (...names: string[]) => string;
  /** Writes client.yaml: polls at once, one certificate for all, monitoring at any port; and what is given. */
  readonly write: (settings: { mailboxes: Record<string, string>; [name: string]: unknown }) => Promise<void>;
  readonly start: (env?: NodeJS.ProcessEnv) => Promise<RunningClient>;
  /** Of the log, as it stands now. */
  readonly told: (event: string) => Record<string, unknown>[];
}

export interface RunningClient extends RunningCommand {
  readonly get: (path: string) => Promise<{ status: number; text: string }>;
}

export const one: string = testMailboxes.sender;
export const other: string = testMailboxes.practice;

export async function clientFolder(t: TestContext): Promise<ClientFolder> {
  const folder = await partsFolder(t);
  const server = await startTestServer(t);
  await secretFile(folder, "key", server.config.sharedKey);
  const passwords = server.config.mailboxes.map(({ mailboxId, password }) => [mailboxId, password]);
  await secretFile(folder, "passwords.json", JSON.stringify(Object.fromEntries(passwords)));
  const at = (...names: string[]): string => join(folder, ...names);
  return {
    folder,
    server,
    at,
    async write({ mailboxes, ...settings }) {
      const file = {
        url: server.url,
        sharedKey: { file: "secrets/key" },
        tls: { key: "tls/client.key", cert: "tls/client.crt", ca: "tls/ca.crt" },
        pollIntervalMs: 100,
        settleMs: 0,
        reports: { collect: false },
        monitoring: { port: 0 },
        log: "client.log",
        mailboxes: Object.entries(mailboxes).map(([mailboxId, path]) => ({
          mailboxId,
          password: { file: "secrets/passwords.json", pointer: `/${mailboxId}` },
          folder: path,
        })),
        ...settings,
      };
      await writeFile(at("client.yaml"), JSON.stringify(file, undefined, 2));
    },
    async start(env = {}) {
      const running = runCommand(["client", "--config", at("client.yaml")], env);
      atEnd(t, async () => running.end("SIGKILL"));
      const [, url = ""] = await running.printed(/Metrics and health at (\S+)/);
      return {
        ...running,
        async get(path) {
          const response = await fetch(`${url}${path}`);
          return { status: response.status, text: await response.text() };
        },
      };
    },
    told: (event) =>
      (existsSync(at("client.log")) ? readFileSync(at("client.log"), "utf8") : "")
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => JSON.parse(line) as Record<string, unknown>)
        .filter((line) => line["event"] === event),
  };
}

/** Puts a pair into OUT, and waits until it is in SENT. */
export async function carried(root: string, from: string, base: string): Promise<void> {
  await mkdir(join(root, "OUT"), { recursive: true });
  await writeFile(join(root, "OUT", `${base}.dat`), "data");
  const control = writeControlFile({
    version: "1.0",
    addressType: "DTS",
    messageType: "Data",
    from,
    to: other,
    workflowId: testWorkflow,
  });
  // Nothing settles here: it must be whole as soon as it has its name.
  await writeFile(join(root, "OUT", `${base}.tmp`), control);
  await rename(join(root, "OUT", `${base}.tmp`), join(root, "OUT", `${base}.ctl`));
  await waitFor(() => existsSync(join(root, "SENT", `${base}.ctl`)), { timeoutMs: 30_000, what: `${base} in SENT` });
}

export const patience = { timeoutMs: 30_000 };
export const text = async (file: string): Promise<string> => readFile(file, "utf8");
