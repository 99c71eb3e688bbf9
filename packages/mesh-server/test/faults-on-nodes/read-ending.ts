// What is there once all is quiet, by what any client is told.

import { setTimeout as delay } from "node:timers/promises";

import type { MessageId } from "@restante/mesh";
import { type MeshClient, MeshClientError } from "@restante/mesh-client";

import type { Ending, Found, Sent, Tracked } from "./history.ts";
import { allMailboxes } from "./letters.ts";
import { list, read } from "./receive.ts";
import type { Run } from "./run.ts";

const MOST_TRIES = 50;

/** `known`: what has been read already at the end. */
export async function readEnding(run: Run, known: Map<string, Found>): Promise<Ending> {
  const inboxes = new Map<string, Found[]>();
  for (const [index, mailbox] of allMailboxes.entries()) {
    const node = index % run.nodes.length;
    const found: Found[] = [];
    for (const messageId of await insist(() => list(run, mailbox, node))) {
      const one = known.get(messageId) ?? (await insist(() => read(run, mailbox, messageId, node)));
      known.set(messageId, one);
      found.push(one);
    }
    inboxes.set(mailbox, found);
  }
  return { inboxes, tracked: await trackAll(run, inboxes) };
}

async function trackAll(run: Run, inboxes: Ending["inboxes"]): Promise<Map<string, Tracked>> {
  const waiting = new Set(Array.from(inboxes.values()).flatMap((found) => found.map(({ messageId }) => messageId)));
  const acknowledged = new Set(
    run.history.flatMap((entry) => (entry.what === "acknowledged" && entry.outcome === "done" ? entry.messageId : [])),
  );
  const sent = run.history.filter((entry): entry is Sent => entry.what === "sent");
  const tracked = new Map<string, Tracked>();
  for (const [localId, tries] of Map.groupBy(sent, (entry) => entry.localId)) {
    const accepted = tries.find(({ outcome }) => outcome === "done");
    const messageId = accepted?.messageId;
    if (accepted === undefined && tries.every(({ outcome }) => outcome === "refused")) continue;
    if (messageId !== undefined && (waiting.has(messageId) || acknowledged.has(messageId))) continue;
    const client = await run.client(tries[0]!.sender, tracked.size % run.nodes.length);
    tracked.set(localId, await track(client, localId, messageId as MessageId | undefined));
  }
  return tracked;
}

async function track(client: MeshClient, localId: string, messageId: MessageId | undefined): Promise<Tracked> {
  try {
    const [one] = await insist(async () =>
      messageId === undefined ? client.trackByLocalId(localId) : [await client.track(messageId)],
    );
    return one === undefined ? "nothing" : { messageId: one.messageId, status: one.status };
  } catch (error) {
    if (!(error instanceof MeshClientError)) throw error;
    if (error.code === "local-id-not-unique") return "several";
    if (error.code === "not-found") return "nothing";
    throw error;
  }
}

/** Again while it fails in a way that passes. */
async function insist<Value>(act: () => Promise<Value>): Promise<Value> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await act();
    } catch (error) {
      if (tries === MOST_TRIES || !(error instanceof MeshClientError) || error.retry === "never") throw error;
      await delay(200);
    }
  }
}
