import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { clientCommonName, localHosts } from "@restante/authority";
import { testAuthority } from "@restante/testbed";

import { patience as usualPatience, type Patience } from "../src/http/patience.ts";
import type { ServerSettings } from "../src/serve.ts";
import type { Doors } from "./connection.ts";
import { fuzzed } from "./drafts.ts";
import type { Asked, Begin } from "./server.ts";

export interface FuzzedServer extends AsyncDisposable {
  /** Plain HTTP, and HTTPS. */
  doors: Doors;
  dataFolder: string;
  ask<Told>(asked: Asked): Promise<Told>;
}

export async function startFuzzedServer(
  overrides: Partial<ServerSettings> = {},
  patience: Patience = usualPatience,
): Promise<FuzzedServer> {
  const authority = await testAuthority();
  const { cert, key } = await authority.issue({ commonName: "localhost", hosts: localHosts, kind: "server" });
  const client = await authority.issue({ commonName: clientCommonName("FUZZ001", "FZ9"), kind: "client" });
  const folder = await mkdtemp(join(tmpdir(), "restante-fuzz-"));
  const child = fork(fileURLToPath(new URL("server.ts", import.meta.url)), {
    execArgv: ["--conditions=@restante/source", "--disable-warning=ExperimentalWarning"],
  });
  const host = "127.0.0.1";
  const workflows = [fuzzed.workflow, fuzzed.routedWorkflow, ...fuzzed.afterwards];
  child.send({
    settings: {
      dataFolder: folder,
      sharedKey: fuzzed.sharedKey,
      mailboxes: fuzzed.mailboxes.map((mailboxId) => ({
        mailboxId,
        name: mailboxId,
        odsCode: "FZ9",
        password: fuzzed.password,
      })),
      workflows: workflows.map((workflowId) => ({ workflowId, senders: ["*"], receivers: ["*"] })),
      routedWorkflows: [fuzzed.routedWorkflow],
      // So that many bodies go into files.
      smallBodyBytes: 1000,
      maxRequestBytes: fuzzed.maxRequestBytes,
      tickMs: 50,
      reserveBytes: 65_536,
      ...overrides,
    },
    doors: [
      { host, port: 0, patience },
      { host, port: 0, patience, tls: { cert, key, ca: authority.caPem } },
    ],
  } satisfies Begin);
  const answer = async (): Promise<unknown> => {
    const over = new AbortController();
    const { signal } = over;
    const ended = once(child, "exit", { signal }).then(([code]) =>
      Promise.reject(new Error(`the server ended: ${code}`)),
    );
    try {
      return ((await Promise.race([once(child, "message", { signal }), ended])) as [unknown])[0];
    } finally {
      // Neither waits on.
      over.abort();
      ended.catch(() => undefined);
    }
  };
  const urls = (await answer()) as string[];
  let asking: Promise<unknown> = Promise.resolve();
  return {
    dataFolder: folder,
    doors: urls.map((url, index) => {
      const port = Number(new URL(url).port);
      return index === 0 ? { host, port } : { host, port, tls: { ca: authority.caPem, ...client } };
    }),
    ask<Told>(asked: Asked) {
      const told = asking.then(() => {
        child.send(asked);
        return answer();
      });
      asking = told;
      return told as Promise<Told>;
    },
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill("SIGKILL");
        await once(child, "exit");
      }
      await rm(folder, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}
