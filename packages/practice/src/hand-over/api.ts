import { type MeshClient, MeshClientError, wasAccepted } from "@restante/mesh-client";
import type { PracticeContext } from "../context.ts";
import { codeOf, isOfTheSystem, isOfTheWay, reasonOf } from "../errors.ts";
import { addressOutgoing, contentOf, moveOutgoing, type Outgoing, outgoingAt } from "../store/outgoing.ts";
import { takeUpDue } from "../store/undoable.ts";
import { announce, announceFailure, fileNameOf, type HandOver } from "./hand-over.ts";
import { createHeldUp } from "./held-up.ts";
import { retryAt } from "./retry.ts";

/** Hands messages over by the MESH API. See states.ts for what holds after each step. */
export function apiHandOver(context: PracticeContext, client: MeshClient): HandOver {
  const { database, clock, tuning } = context;
  const heldUp = createHeldUp(context);

  function fail(message: Outgoing, code: string, reason: string): void {
    const problem = { code, reason };
    heldUp.over(message);
    if (moveOutgoing(database, message.headerId, message.step, "failed", { at: clock.now(), problem })) {
      announceFailure(context, message.kind, message.headerId, code, reason);
    }
  }

  /** Put off, to be tried again later; what stands in the way is shown meanwhile. */
  function wait(message: Outgoing, error: unknown, step: "due" | "sending"): void {
    const now = clock.now();
    const problem = { code: codeOf(error), reason: reasonOf(error) };
    moveOutgoing(database, message.headerId, message.step, step, {
      at: now,
      attempt: true,
      dueAt: retryAt(now, message.attempts, tuning.retryAfterMs),
      problem,
    });
    // Where MESH is out of reach, or takes nothing up, the next one would fare no better: told once, not for each.
    if (isOfTheWay(error) || isOfTheSystem(error) || ["unavailable", "timed-out"].includes(problem.code)) throw error;
    heldUp.failed(message, problem);
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

  /** False: no answer came. The others wait for the next pass, or a server that hangs would hold this one up for hours. */
  async function send(message: Outgoing, signal?: AbortSignal): Promise<boolean> {
    let to: string | undefined;
    try {
      to = await addressOf(message, signal);
    } catch (error) {
      signal?.throwIfAborted();
      wait(message, error, "due");
      return true;
    }
    if (to === undefined) return true;
    const now = clock.now();
    const dueAt = new Date(now.getTime() + tuning.retryAfterMs);
    if (!moveOutgoing(database, message.headerId, "due", "sending", { at: now, dueAt })) return true;
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
      heldUp.over(message);
      announce(context, begun, "api", messageId);
    } catch (error) {
      if (!(error instanceof MeshClientError)) throw error;
      if (wasAccepted(error)) {
        hold(begun, clock.now(), "MESH accepted the message, and gave no message id that can be read.");
        return true;
      }
      // An ambiguous one stays at `sending` and is settled when its time comes.
      if (error.retry === "ambiguous") return false;
      if (error.code === "refused" || error.code === "request-invalid" || error.code === "too-large") {
        fail(begun, error.meshCode ?? error.code, error.description ?? error.message);
      } else {
        wait(begun, error, "due");
      }
    }
    return true;
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
      heldUp.over(message);
      announce(context, message, "api", messageId);
    } catch (error) {
      signal?.throwIfAborted();
      const code = codeOf(error);
      if (code === "not-found") {
        moveOutgoing(database, message.headerId, "sending", "due", { at, dueAt: at });
      } else if (code === "local-id-not-unique") {
        hold(message, at);
      } else {
        wait(message, error, "sending");
      }
    }
  }

  function hold(
    message: Outgoing,
    at: Date,
    reason = "MESH never answered, and cannot tell whether it has the message.",
  ): void {
    const code = "answer-lost";
    heldUp.over(message);
    moveOutgoing(database, message.headerId, "sending", "held", { at, problem: { code, reason } });
    announceFailure(context, message.kind, message.headerId, code, reason);
  }

  return {
    async run(signal) {
      for (const message of outgoingAt(database, client.mailboxId, "sending", clock.now(), tuning.batchSize)) {
        signal?.throwIfAborted();
        await settle(message, signal);
      }
      const due = takeUpDue(database, client.mailboxId, clock.now(), tuning.batchSize);
      for (const message of due) {
        signal?.throwIfAborted();
        if (!(await send(message, signal))) return { more: false, ...heldUp.summary() };
      }
      return { more: due.length === tuning.batchSize, ...heldUp.summary() };
    },
  };
}
