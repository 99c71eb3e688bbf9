// What all who take part in a run share: the nodes, the history, and chance from a seed.

import type { MeshClient } from "@restante/mesh-client";
import { MeshClientError } from "@restante/mesh-client";
import { type ReachableServer, type TestAnswer, testClient, type TestRequest, testRequest } from "@restante/testbed";

import { type Random, randomOf } from "../../fuzz/random.ts";
import type { Entry, Outcome } from "./history.ts";

/** So long a client waits for an answer: less than a node waits for what it stands on. */
export const PATIENCE_MS = 2500;

export interface Run extends AsyncDisposable {
  readonly nodes: readonly ReachableServer[];
  readonly history: Entry[];
  /** Milliseconds since it began. */
  now(): number;
  /** Of each who takes part a chance of its own: what one does changes nothing for another. */
  randomOf(who: string): Random;
  /** Of a mailbox, to a node. It makes each request once. */
  client(mailbox: string, node: number): Promise<MeshClient>;
  /** One request as it is written, to a node. Rejects where no answer came. */
  ask(mailbox: string, node: number, request: TestRequest): Promise<TestAnswer>;
}

export function createRun(nodes: readonly ReachableServer[], seed: number): Run {
  const began = performance.now();
  const clients = new Map<string, Promise<MeshClient>>();
  return {
    nodes,
    history: [],
    now: () => performance.now() - began,
    randomOf: (who) => randomOf(seed, Array.from(Buffer.from(who)).reduce((sum, byte) => sum * 31 + byte, 7) % 1e9),
    client(mailbox, node) {
      const key = `${mailbox} ${node}`;
      const made =
        clients.get(key) ??
        testClient(nodes[node]!, mailbox, { retries: { attempts: 1 }, requestTimeoutMs: PATIENCE_MS });
      clients.set(key, made);
      return made;
    },
    ask: (mailbox, node, request) =>
      testRequest(nodes[node]!, mailbox, { signal: AbortSignal.timeout(PATIENCE_MS), ...request }),
    async [Symbol.asyncDispose]() {
      for (const client of clients.values()) await (await client)[Symbol.asyncDispose]();
    },
  };
}

export interface Told {
  readonly outcome: Outcome;
  readonly messageId?: string;
  readonly said?: string;
}

/** As a client has it: whether what failed may have happened. */
export function toldBy(error: unknown): Told {
  if (!(error instanceof MeshClientError)) throw error;
  return { outcome: error.retry === "ambiguous" ? "unknown" : "refused", said: `${error.code} ${error.status ?? ""}` };
}

/** The same of a request as it was written. */
export async function toldIn(asking: Promise<TestAnswer>): Promise<Told> {
  try {
    const { status, json } = await asking;
    const { message_id: messageId, errorCode } = (json ?? {}) as { message_id?: string; errorCode?: string };
    if (status < 300) return { outcome: "done", ...(messageId !== undefined && { messageId }) };
    const isKnown = status < 500 || status === 503;
    return { outcome: isKnown ? "refused" : "unknown", said: `${status} ${errorCode ?? ""}` };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    return { outcome: code === "ECONNREFUSED" ? "refused" : "unknown", said: code };
  }
}
