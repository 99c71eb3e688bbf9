// A recipient: lists, reads and acknowledges, each at whichever node; and acknowledges again with old tokens.

import { buffer } from "node:stream/consumers";
import { setTimeout as delay } from "node:timers/promises";

import type { MessageId } from "@restante/mesh";
import { MeshClientError } from "@restante/mesh-client";
import { testToken, type TestRequest } from "@restante/testbed";

import type { Random } from "../../fuzz/random.ts";
import type { Found } from "./history.ts";
import { isWhole } from "./letters.ts";
import { type Run, toldBy, toldIn } from "./run.ts";

const MOST_OLD = 40;

interface Old {
  readonly messageId: MessageId;
  readonly token: string;
  readonly request: TestRequest;
}

/** Until told to stop. `most`: so many of a listing are acknowledged. */
export async function empty(
  run: Run,
  mailboxes: readonly string[],
  { who, most, pauseMs }: { who: string; most: number; pauseMs: number },
  over: AbortSignal,
): Promise<void> {
  const random = run.randomOf(who);
  const olds = new Map(mailboxes.map((mailbox) => [mailbox, [] as Old[]]));
  while (!over.aborted) {
    const mailbox = random.pick(mailboxes);
    try {
      const listed = await list(run, mailbox, random.below(run.nodes.length));
      for (const messageId of listed.slice(0, most)) {
        const node = random.below(run.nodes.length);
        const from = run.now();
        const found = await read(run, mailbox, messageId, node);
        run.history.push({ what: "read", from, until: run.now(), node, mailbox, ...found });
        // What is not as it was sent is left for whoever looks.
        if (found.isIntact) await acknowledge(run, mailbox, messageId, { random, olds: olds.get(mailbox)! });
      }
    } catch (error) {
      if (!(error instanceof MeshClientError)) throw error;
    }
    await delay(random.below(2 * pauseMs));
  }
}

export async function list(run: Run, mailbox: string, node: number): Promise<MessageId[]> {
  const from = run.now();
  const { messageIds, next } = await (await run.client(mailbox, node)).list();
  const whole = { isWhole: next === undefined, messageIds };
  run.history.push({ what: "listed", from, until: run.now(), node, mailbox, ...whole });
  return messageIds;
}

/** @throws {MeshClientError} */
export async function read(run: Run, mailbox: string, messageId: MessageId, node: number): Promise<Found> {
  const { headers, report, body } = await (await run.client(mailbox, node)).download(messageId);
  const content = await buffer(body);
  const { localId = "", linkedMessageId = "" } = headers;
  if (report !== undefined) return { messageId, linkedMessageId, isIntact: true };
  return { messageId, localId, isIntact: isWhole(localId, content) };
}

async function acknowledge(
  run: Run,
  mailbox: string,
  messageId: MessageId,
  { random, olds }: { random: Random; olds: Old[] },
): Promise<void> {
  const token = testToken(run.nodes[0]!, mailbox);
  if (!random.once(3)) {
    const node = random.below(run.nodes.length);
    const from = run.now();
    const client = await run.client(mailbox, node);
    const told = await client.acknowledge(messageId).then(
      () => ({ outcome: "done" as const }),
      // It is answered as one that may be made again: whether it happened is not known all the same.
      (error: unknown) => ({ outcome: "unknown" as const, said: toldBy(error).said ?? "" }),
    );
    run.history.push({ what: "acknowledged", from, until: run.now(), node, mailbox, messageId, token, ...told });
    return;
  }
  const request: TestRequest = {
    method: "PUT",
    path: `/messageexchange/${mailbox}/inbox/${messageId}/status/acknowledged`,
    headers: { authorization: token, accept: "application/vnd.mesh.v2+json" },
  };
  olds.push({ messageId, token, request });
  await acknowledgeAsWritten(run, mailbox, olds.at(-1)!, random.below(run.nodes.length));
  // This one, or one long ago; also where the answer was lost.
  if (random.once(2)) await acknowledgeAsWritten(run, mailbox, random.pick(olds), random.below(run.nodes.length));
  if (olds.length > MOST_OLD) olds.shift();
}

async function acknowledgeAsWritten(
  run: Run,
  mailbox: string,
  { messageId, token, request }: Old,
  node: number,
): Promise<void> {
  const from = run.now();
  const { outcome, said } = await toldIn(run.ask(mailbox, node, request));
  const told = { outcome, ...(said !== undefined && { said }) };
  run.history.push({ what: "acknowledged", from, until: run.now(), node, mailbox, messageId, token, ...told });
}
