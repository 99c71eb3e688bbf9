import { type MeshClient, MeshClientError } from "@restante/mesh-client";
import type { PracticeContext } from "../context.ts";
import { codeOf, reasonOf } from "../errors.ts";
import { addressOutgoing, contentOf, moveOutgoing, type Outgoing, outgoingAt } from "../store/outgoing.ts";
import { announce, announceFailure, fileNameOf, type HandOver } from "./hand-over.ts";
import { retryAt } from "./retry.ts";

/** Hands messages over by the MESH API. See states.ts for what holds after each step. */
export function apiHandOver(context: PracticeContext, client: MeshClient): HandOver {
  const { database, clock, tuning } = context;

  function fail(message: Outgoing, code: string, reason: string): void {
    const problem = { code, reason };
    if (moveOutgoing(database, message.headerId, message.step, "failed", { at: clock.now(), problem })) {
      announceFailure(context, message.kind, message.headerId, code, reason);
    }
  }

  /** Back to `due`, to be tried again later; what stands in the way is shown meanwhile. */
  function wait(message: Outgoing, error: unknown): void {
    const now = clock.now();
    moveOutgoing(database, message.headerId, message.step, "due", {
      at: now,
      attempt: true,
      dueAt: retryAt(now, message.attempts, tuning.retryAfterMs),
      problem: { code: codeOf(error), reason: reasonOf(error) },
    });
  }

  /** The address to send to, looked up once and kept (OC-159); undefined where there is none to send to. */
  async function addressOf(message: Outgoing, signal?: AbortSignal): Promise<string | undefined> {
    if (message.toAddress !== undefined) return message.toAddress;
    const found = await client.lookup(message.toOds ?? "", message.workflowId, { ...(signal && { signal }) });
    const [only] = found;
    if (only === undefined || found.length > 1) {
      const [code, reason] =
        only === undefined
          ? ["no-mailbox", "The organisation has no MESH mailbox for this workflow."]
          : ["several-mailboxes", "The organisation has more than one MESH mailbox for this workflow."];
      fail(message, code, reason);
      return undefined;
    }
    addressOutgoing(database, message.headerId, only.mailboxId, only.mailboxName);
    return only.mailboxId;
  }

  async function send(message: Outgoing, signal?: AbortSignal): Promise<void> {
    let to: string | undefined;
    try {
      to = await addressOf(message, signal);
    } catch (error) {
      wait(message, error);
      return;
    }
    if (to === undefined) return;
    const now = clock.now();
    const dueAt = new Date(now.getTime() + tuning.retryAfterMs);
    if (!moveOutgoing(database, message.headerId, "due", "sending", { at: now, dueAt })) return;
    const begun: Outgoing = { ...message, step: "sending", toAddress: to };
    try {
      // Not given up half-way when the practice stops: the answer would be lost. It has a time limit of its own.
      const { messageId } = await client.send({
        to,
        workflowId: message.workflowId,
        subject: message.subject,
        localId: message.localId,
        fileName: fileNameOf(message.headerId),
        contentType: "application/xml",
        body: contentOf(database, message.headerId),
      });
      moveOutgoing(database, message.headerId, "sending", "sent", { at: clock.now(), messageId, problem: null });
      announce(context, begun, "api", messageId);
    } catch (error) {
      if (!(error instanceof MeshClientError)) throw error;
      // An ambiguous one stays at `sending` and is settled when its time comes.
      if (error.retry === "ambiguous") return;
      if (error.code === "refused" || error.code === "request-invalid" || error.code === "too-large") {
        fail(begun, error.meshCode ?? error.code, error.description ?? error.message);
      } else {
        wait(begun, error);
      }
    }
  }

  /**
   * Asks MESH whether it has a message whose send was never answered. It can be asked by LocalId alone, which GP
   * Connect makes the ODS code: with one send of ours on record the file name tells, with several MESH says no more.
   */
  async function settle(message: Outgoing, signal?: AbortSignal): Promise<void> {
    const at = clock.now();
    try {
      const tracked = await client.trackByLocalId(message.localId, { ...(signal && { signal }) });
      const found = tracked.find(({ fileName }) => fileName === fileNameOf(message.headerId));
      if (found === undefined) {
        moveOutgoing(database, message.headerId, "sending", "due", { at, dueAt: at });
        return;
      }
      const { messageId } = found;
      moveOutgoing(database, message.headerId, "sending", "sent", { at, messageId, problem: null });
      announce(context, message, "api", messageId);
    } catch (error) {
      const code = codeOf(error);
      if (code === "not-found") {
        moveOutgoing(database, message.headerId, "sending", "due", { at, dueAt: at });
      } else if (code === "local-id-not-unique") {
        hold(message, at);
      } else {
        const dueAt = retryAt(at, message.attempts, tuning.retryAfterMs);
        moveOutgoing(database, message.headerId, "sending", "sending", { at, dueAt, attempt: true });
      }
    }
  }

  function hold(message: Outgoing, at: Date): void {
    const code = "answer-lost";
    const reason = "MESH never answered, and cannot tell whether it has the message.";
    moveOutgoing(database, message.headerId, "sending", "held", { at, problem: { code, reason } });
    announceFailure(context, message.kind, message.headerId, code, reason);
  }

  return {
    async run(signal) {
      for (const message of outgoingAt(database, client.mailboxId, "sending", clock.now(), tuning.batchSize)) {
        signal?.throwIfAborted();
        await settle(message, signal);
      }
      const due = outgoingAt(database, client.mailboxId, "due", clock.now(), tuning.batchSize);
      for (const message of due) {
        signal?.throwIfAborted();
        await send(message, signal);
      }
      return due.length === tuning.batchSize;
    },
  };
}
