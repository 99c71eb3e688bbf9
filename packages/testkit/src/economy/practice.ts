// A receiver that answers as it is told, right or wrong. It works its mailbox by the MESH API: for each message it sends its
// answers, and then acknowledges. It waits for messages at the server's control, so that nothing is asked in a loop.
//
//   waiting   nothing lies in its mailbox.
//   working   it takes what is listed, in order.
//   ended     it was closed, or something failed, such as a server that was killed: `close` then rejects with what it was.

import { buffer } from "node:stream/consumers";

import { ControlError } from "@restante/control";
import { answerAsTold } from "@restante/itk3";
import { isAckWorkflow, type MessageId } from "@restante/mesh";
import type { MeshClient } from "@restante/mesh-client";

import { TestkitError } from "../errors.ts";
import { testMailboxes } from "../patients.ts";
import type { TestServer } from "../test-server.ts";
import { answersOf, type AnswersTold } from "./answers.ts";

export interface PracticeOptions {
  /** Default: both acknowledgements. Or a list, each of its own code: `[{ level: "business", code: "30003" }]`. */
  readonly answers?: AnswersTold;
  /** Default: the practice's of the test economy. */
  readonly mailbox?: string;
}

export interface AnsweringPractice extends AsyncDisposable {
  /** What it took, in order: each was answered and acknowledged. */
  readonly received: readonly {
    readonly messageId: string;
    readonly from: string;
    readonly answers: readonly string[];
  }[];
  /**
   * Resolves once it has taken so many messages in all: answered and acknowledged.
   * @throws what it failed of; {TestkitError} `practice-closed`
   */
  took(count: number): Promise<void>;
  /** From the next message on. */
  answer(told: AnswersTold): void;
  /**
   * Resolves when it has ended.
   * @throws what it failed of, such as an Itk3Error `unanswerable`: the message asked for no such answer
   */
  close(): Promise<void>;
}

/**
 * A practice that answers each message as it is told.
 * @example
 * await using practice = startPractice(server, { answers: "infrastructure-only" });
 */
export function startPractice(server: TestServer, options: PracticeOptions = {}): AnsweringPractice {
  const { mailbox = testMailboxes.practice } = options;
  let told: AnswersTold = options.answers ?? "both";
  const client = server.client(mailbox);
  const odsCode = server.mailboxes.all.find(({ mailboxId }) => mailboxId === client.mailboxId)!.odsCode;
  const responder = { odsCode, mailboxId: client.mailboxId };
  const received: { messageId: string; from: string; answers: readonly string[] }[] = [];
  const waiting = new Set<{ count: number; resolve: () => void; reject: (reason: unknown) => void }>();
  const closing = new AbortController();

  async function work(messageId: MessageId): Promise<void> {
    const { headers, body } = await client.download(messageId);
    const { from, workflowId = "" } = headers;
    const whole = await buffer(body);
    const answers: string[] = [];
    // Reports come from nobody, and answers are not answered.
    if (from !== undefined && !isAckWorkflow(workflowId)) {
      for (const one of answersOf(told)) {
        const answer = answerAsTold({ body: whole, workflowId }, one, { responder, now: new Date() });
        answers.push((await client.send({ to: from, ...answer })).messageId);
      }
    }
    await client.acknowledge(messageId);
    received.push({ messageId, from: from ?? "", answers });
    for (const one of waiting) if (received.length >= one.count) one.resolve();
  }

  async function run(): Promise<void> {
    while (!closing.signal.aborted) {
      if (!(await comes(server, client, closing.signal))) continue;
      for await (const messageId of client.listAll()) {
        if (closing.signal.aborted) return;
        await work(messageId);
      }
    }
  }

  const running = run().catch((error: unknown) => {
    // However its wait ended: it was told to.
    if (!closing.signal.aborted) throw error;
  });
  let ended: unknown;
  // Told by close, and to whoever waits.
  running
    .then(() => Promise.reject(new TestkitError("practice-closed", "The practice was closed.")))
    .catch((error: unknown) => {
      ended = error;
      for (const one of waiting) one.reject(error);
    });

  async function took(count: number): Promise<void> {
    if (received.length >= count) return;
    if (ended !== undefined) throw ended;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    waiting.add({ count, resolve, reject });
    await promise;
  }

  const close = async (): Promise<void> => {
    closing.abort();
    try {
      await running;
    } finally {
      await client[Symbol.asyncDispose]();
    }
  };
  return {
    received,
    took,
    answer: (next) => {
      told = next;
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** Whether a message lies in the mailbox; false after so long without one that it is worth looking again. */
async function comes(server: TestServer, { mailboxId }: MeshClient, signal: AbortSignal): Promise<boolean> {
  try {
    await server.messages.wait({ mailbox: mailboxId, state: "accepted", within: "10m" }, { signal });
    return true;
  } catch (error) {
    if (error instanceof ControlError && error.code === "not-in-time") return false;
    throw error;
  }
}
