// The one under test: a small system on our own MESH client, right unless a test has it do something wrong. It does what the
// scenario tells it to, as a person would who reads the lines.

import { ackWorkflow, isAckWorkflow } from "@restante/mesh";
import { type MeshClient, MeshClientError, type OutgoingMessage } from "@restante/mesh-client";

export interface Manners {
  /** After a send that may have been done. Right: it asks, or has a person look. */
  afterLostAnswer?: "sends-again";
  /** After a report, or after nothing has come for a while. */
  afterReport?: "sends-again";
  /** Right: until nothing is left. */
  lists?: "one-page";
  /** What it cannot take, it leaves; and does not come to what lies behind. */
  stopsAt?: (message: { type: string | undefined; from: string | undefined; number: number; text: string }) => boolean;
  /** Right: never. */
  answersAnswers?: true;
  whenUnanswered?: "sends-again";
}

export interface System {
  send(message: OutgoingMessage): Promise<void>;
  collect(): Promise<void>;
}

export function createSystem(client: MeshClient, manners: Manners = {}): System {
  let last: OutgoingMessage | undefined;
  let collected = 0;

  async function trySend(message: OutgoingMessage): Promise<void> {
    try {
      await client.send(message);
    } catch (error) {
      if (!(error instanceof MeshClientError) || error.retry !== "ambiguous") throw error;
      if (manners.afterLostAnswer === "sends-again") await client.send(message);
    }
  }

  async function take(messageId: Parameters<MeshClient["download"]>[0]): Promise<boolean> {
    const { body, headers } = await client.download(messageId);
    const pieces: Buffer[] = [];
    for await (const piece of body) pieces.push(Buffer.from(piece as Uint8Array));
    const { messageType: type, from, workflowId = "" } = headers;
    collected += 1;
    const text = Buffer.concat(pieces).toString();
    if (manners.stopsAt?.({ type, from, number: collected, text }) === true) return false;
    await client.acknowledge(messageId);
    if (type === "REPORT" && manners.afterReport === "sends-again") await client.send(last!);
    if (manners.answersAnswers === true && isAckWorkflow(workflowId) && from !== undefined) {
      await client.send({ to: from, workflowId: ackWorkflow(workflowId), body: "What do you mean?" });
    }
    return true;
  }

  return {
    async send(message) {
      last = message;
      await trySend(message);
      if (manners.whenUnanswered === "sends-again") await client.send(message);
    },
    async collect() {
      for (;;) {
        const { messageIds } = await client.list();
        for (const messageId of messageIds) if (!(await take(messageId))) return;
        if (messageIds.length === 0 || manners.lists === "one-page") return;
      }
    },
  };
}
