// What an operator does to messages and mailboxes, beside what clients ask for. Each verb is one transaction of the store
// (message.ts says what holds of it), done when its promise resolves and not undone by kill -9.
//
// Asked again after its answer was lost, a verb does nothing a second time, and says how things stand: a mailbox that was
// closed, or opened, before; a message that is not in the state the verb starts from, and in which it is.
//
// An OperatorError: nothing happened, and its code says why. A MeshServerError is the store's own, with its `retry`.

import { type BodyDamage, characterCount, type MailboxId, type MessageId, newMessageId } from "@restante/mesh";

import { findDamage } from "./bodies/find-damage.ts";
import type { Context } from "./context.ts";
import { giveUp, type Message, type MessageState, redeliver } from "./message.ts";
import { OperatorError } from "./operator-error.ts";
import { announceReport } from "./routing.ts";
import type { Closure } from "./store/store.ts";

const LONGEST_REASON = 200;
const NEVER = new AbortController().signal;

export interface Operator {
  /**
   * Lists an undelivered message again, behind all others, with its whole time to be collected. Its body is read first: one
   * that is damaged would only fail again.
   * @throws {OperatorError} `message-unknown`, `not-undelivered`, `mailbox-unknown`, `mailbox-closed`, `body-damaged`
   */
  putBack(messageId: string, options?: { signal?: AbortSignal }): Promise<PutBack>;
  /**
   * Ends a message whose body is damaged or gone, with report 02 to its sender, who can send it again. Refused if its
   * recipient had all of it, and if the body is whole.
   * @throws {OperatorError} `message-unknown`, `not-accepted`, `report-without-body`, `body-whole`, `given-whole`
   */
  giveUpBody(messageId: string, options?: { signal?: AbortSignal }): Promise<BodyGivenUp>;
  /**
   * Lets nothing more be sent to a mailbox. Its owner goes on reading and acknowledging what is there, sends, and has the
   * reports on what it sent.
   * @param reason 1 to 200 characters for other operators. No patient's details: it is kept until the mailbox is opened
   * @throws {OperatorError} `mailbox-unknown`, `reason-unusable`
   */
  closeMailbox(mailboxId: string, reason: string): Promise<ClosedMailbox>;
  /** @throws {OperatorError} `mailbox-unknown`: of no mailbox of the configuration, nor one that was closed */
  openMailbox(mailboxId: string): Promise<{ outcome: "opened" | "open-before"; mailboxId: MailboxId }>;
  closedMailboxes(): Promise<Closure[]>;
}

export interface PutBack {
  outcome: "put-back";
  messageId: MessageId;
  /** In which it is listed. */
  mailboxId: MailboxId;
  /** When it is undelivered again, and reported again, unless it is acknowledged. */
  collectBy: Date;
  /**
   * What its sender was told before, and may have acted on: it may have sent the message again. Absent of a report, of
   * which nobody was told.
   */
  senderWasTold?: { mailboxId: MailboxId; code: string; at: Date };
}

export interface BodyGivenUp {
  outcome: "given-up";
  messageId: MessageId;
  /** The first chunk that is damaged, and how. */
  chunk: number;
  damage: BodyDamage;
  /** In the sender's mailbox. */
  reportId: MessageId;
}

/** As it is now: closed before, it has the time and reason of then. */
export interface ClosedMailbox extends Closure {
  outcome: "closed" | "closed-before";
}

export function createOperator(
  context: Pick<Context, "store" | "bodies" | "registry" | "clock" | "emit" | "periods">,
): Operator {
  const { store, registry, clock, emit, periods } = context;

  async function find(messageId: string): Promise<Message> {
    const message = await store.findAnywhere(messageId.trim().toUpperCase() as MessageId);
    if (message === undefined) throw new OperatorError("message-unknown", "No message here has this id.");
    return message;
  }

  /** Of a message that has moved on since it was read. */
  async function movedOn(code: "not-undelivered" | "not-accepted", { messageId }: Message): Promise<OperatorError> {
    return notIn(code, (await find(messageId)).state);
  }

  return {
    async putBack(messageId, { signal = NEVER } = {}) {
      const message = await find(messageId);
      if (message.state !== "undelivered") throw notIn("not-undelivered", message.state);
      const mailboxId = message.recipientId;
      if (mailboxId === undefined || registry.find(mailboxId) === undefined) throw unknownMailbox();
      const damaged = await findDamage(context, message, signal);
      if (damaged !== undefined) {
        throw new OperatorError("body-damaged", `The stored body of chunk ${damaged.chunk} is ${damaged.damage}.`);
      }
      const change = redeliver(message, clock.now(), periods);
      const outcome = await store.apply(change);
      if (outcome === "mailbox-closed") {
        throw new OperatorError("mailbox-closed", "Its mailbox is closed: open it first.", { state: message.state });
      }
      if (outcome !== "done") throw await movedOn("not-undelivered", message);
      emit({ event: "message-put-back", messageId: message.messageId, mailboxId });
      return {
        outcome: "put-back",
        messageId: message.messageId,
        mailboxId,
        collectBy: change.dueAt ?? change.at,
        ...(message.type === "DATA" && {
          senderWasTold: {
            mailboxId: message.mailboxId,
            code: message.status?.code ?? "14",
            at: message.changedAt,
          },
        }),
      };
    },

    async giveUpBody(messageId, { signal = NEVER } = {}) {
      const message = await find(messageId);
      if (message.type === "REPORT") throw new OperatorError("report-without-body", "A report has no body.");
      if (message.state !== "accepted") throw notIn("not-accepted", message.state);
      const damaged = await findDamage(context, message, signal);
      if (damaged === undefined) throw new OperatorError("body-whole", "The stored body is what came.");
      const now = clock.now();
      const reportId = newMessageId(now);
      const change = giveUp(message, reportId, now, periods);
      const outcome = await store.apply(change);
      if (outcome === "given-whole") {
        throw new OperatorError(
          "given-whole",
          "Its recipient was given all of it: it ends by being acknowledged, or by report 14.",
          { state: message.state },
        );
      }
      if (outcome !== "done") throw await movedOn("not-accepted", message);
      emit({ event: "message-given-up", messageId: message.messageId, ...damaged });
      announceReport(context, change.report);
      return { outcome: "given-up", messageId: message.messageId, reportId, ...damaged };
    },

    async closeMailbox(written, reason) {
      const mailbox = registry.find(written);
      if (mailbox === undefined) throw unknownMailbox();
      const words = reason.trim();
      // oxlint-disable-next-line no-control-regex -- these are what is refused
      if (words === "" || characterCount(words) > LONGEST_REASON || /[\u0000-\u001f\u007f]/.test(words)) {
        throw new OperatorError("reason-unusable", `A reason has 1 to ${LONGEST_REASON} characters, on one line.`);
      }
      const { mailboxId } = mailbox;
      const closure = { mailboxId, closedAt: clock.now(), reason: words };
      if (await store.closeMailbox(closure)) {
        emit({ event: "mailbox-closed", mailboxId, closedAt: closure.closedAt });
        return { outcome: "closed", ...closure };
      }
      return { outcome: "closed-before", ...((await store.closureOf(mailboxId)) ?? closure) };
    },

    async openMailbox(written) {
      const known = registry.find(written)?.mailboxId;
      // One that was closed and then left out of the configuration can be opened all the same.
      const mailboxId = known ?? (written.trim().toUpperCase() as MailboxId);
      if (await store.openMailbox(mailboxId)) {
        emit({ event: "mailbox-opened", mailboxId });
        return { outcome: "opened", mailboxId };
      }
      if (known === undefined) throw unknownMailbox();
      return { outcome: "open-before", mailboxId };
    },

    closedMailboxes: () => store.listClosures(),
  };
}

/** At each start: a mailbox that stays closed must not be forgotten. */
export async function tellClosed({ store, emit }: Pick<Context, "store" | "emit">): Promise<void> {
  for (const { mailboxId, closedAt } of await store.listClosures())
    emit({ event: "mailbox-closed", mailboxId, closedAt });
}

function notIn(code: "not-undelivered" | "not-accepted", state: MessageState): OperatorError {
  return new OperatorError(code, `This message is ${state}.`, { state });
}

function unknownMailbox(): OperatorError {
  return new OperatorError("mailbox-unknown", "The configuration has no mailbox of this id.");
}
