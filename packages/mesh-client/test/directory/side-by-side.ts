// A directory client that receives, of which the messages are held up one by one.

import { Readable } from "node:stream";
import type { TestContext } from "node:test";
import type { MessageId } from "@restante/mesh";
import { type MeshClient, MeshClientError } from "@restante/mesh-client";
import type { DirectoryClientOptions } from "@restante/mesh-client/directory";
import { startTestServer, testClient, testMailboxes, testWorkflow, waitFor } from "@restante/testbed";
import { startDirectory, type TestDirectory } from "./mailbox-folder.ts";

const { sender, practice } = testMailboxes;

export interface SideBySide extends TestDirectory {
  readonly from: MeshClient;
  /** Until it is resolved, nothing comes of the body of a message of this id. */
  readonly gates: Map<string, PromiseWithResolvers<void>>;
  /** The ids of what is being fetched now, and the most there were at once. */
  readonly fetching: Set<string>;
  readonly most: () => number;
  readonly acknowledged: string[];
  readonly send: (count: number) => Promise<MessageId[]>;
  readonly saved: () => string[];
}

/** A directory client that holds up what it is told to. */
export async function startSideBySide(
  t: TestContext,
  overrides: Partial<DirectoryClientOptions> = {},
  calls: Partial<MeshClient> = {},
): Promise<SideBySide> {
  const server = await startTestServer(t);
  const from = await testClient(server, sender);
  t.after(async () => from[Symbol.asyncDispose]());
  const real = await testClient(server, practice);
  const gates = new Map<string, PromiseWithResolvers<void>>();
  const fetching = new Set<string>();
  const acknowledged: string[] = [];
  let most = 0;
  const download: MeshClient["download"] = async (messageId, options) => {
    fetching.add(messageId);
    most = Math.max(most, fetching.size);
    const message = await real.download(messageId, options);
    const gate = gates.get(messageId)?.promise;
    const body = Readable.from(
      (async function* () {
        if (gate !== undefined) await Promise.race([gate, aborted(options?.signal)]);
        yield* message.body;
      })(),
      { objectMode: false },
    );
    body.once("close", () => {
      fetching.delete(messageId);
      // It may be closed before anybody has read: what it was to give holds a connection.
      message.body.destroy();
    });
    return { ...message, body };
  };
  const acknowledge: MeshClient["acknowledge"] = async (messageId, options) => {
    acknowledged.push(messageId);
    return real.acknowledge(messageId, options);
  };
  const client = { ...real, download, acknowledge, ...calls };
  const folder = await startDirectory(t, server, practice, { client, ...overrides });
  return Object.assign(folder, {
    from,
    gates,
    fetching,
    most: () => most,
    acknowledged,
    send: async (count: number) => {
      const ids: MessageId[] = [];
      for (let sent = 0; sent < count; sent += 1) {
        ids.push((await from.send({ to: practice, workflowId: testWorkflow, body: Buffer.from(`${sent}`) })).messageId);
      }
      return ids;
    },
    saved: () => folder.events.of("message-saved").map(({ messageId }) => messageId as string),
  });
}

async function aborted(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_, reject) => {
    const giveUp = (): void => reject(new MeshClientError("aborted", "The call was given up."));
    signal?.addEventListener("abort", giveUp, { once: true });
  });
}

export function hold(folder: SideBySide, id: string | undefined): () => void {
  const gate = Promise.withResolvers<void>();
  folder.gates.set(id ?? "", gate);
  return gate.resolve;
}

/** So many are acknowledged, and so many are whole in TEMP, behind one that is held up. */
export async function inTemp(folder: SideBySide, messages: number, acknowledged = 1): Promise<void> {
  await waitFor(() => folder.acknowledged.length === acknowledged);
  await waitFor(async () => (await folder.names("temp")).filter((name) => name.endsWith(".ctl")).length === messages);
}
