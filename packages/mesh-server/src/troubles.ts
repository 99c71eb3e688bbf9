// Trouble that lasts, told at once, then with its count at growing intervals, then its end.

import {
  type BodyDamage,
  type Clock,
  CodedError,
  type Emit,
  lastingTroubles,
  type MessageId,
  type ServerPart,
} from "@restante/mesh";

export interface Troubles {
  /** A part of the server failed, as a whole or with one message. */
  met(part: ServerPart, reason: string, messageId?: MessageId): void;
  over(part: ServerPart, messageId?: MessageId): void;
  /** Nothing is written any more, and will not be before a new start. */
  storeStopped(reason: string): void;
  bodyDamaged(messageId: MessageId, chunk: number, damage: BodyDamage): void;
  bodyWhole(messageId: MessageId, chunk: number): void;
}

export function createTroubles({ clock, emit }: { clock: Clock; emit: Emit }): Troubles {
  const lasting = lastingTroubles(clock);
  let stopped: string | undefined;

  function storeStopped(reason: string): void {
    stopped ??= reason;
    const told = lasting.met("stopped", stopped);
    if (told !== undefined) emit({ event: "server-failed", reason: stopped, ...told });
  }

  return {
    met(part, reason, messageId) {
      // It fails everything: told as what it is. Of a store that was closed there is nothing to tell.
      const isOfStopped = reason === "store-stopped" || (stopped !== undefined && reason === "commit-unknown");
      if (isOfStopped) {
        if (stopped !== undefined) storeStopped(stopped);
        return;
      }
      const told = lasting.met(`${part} ${messageId ?? ""}`, reason);
      if (told !== undefined) {
        emit({ event: "server-troubled", part, reason, ...(messageId !== undefined && { messageId }), ...told });
      }
    },
    over(part, messageId) {
      const told = lasting.over(`${part} ${messageId ?? ""}`);
      if (told !== undefined) {
        emit({ event: "server-trouble-over", part, ...(messageId !== undefined && { messageId }), ...told });
      }
    },
    storeStopped,
    bodyDamaged(messageId, chunk, damage) {
      const told = lasting.met(`body ${messageId} ${chunk}`, damage);
      if (told !== undefined) emit({ event: "body-damaged", messageId, chunk, damage, ...told });
    },
    bodyWhole(messageId, chunk) {
      const told = lasting.over(`body ${messageId} ${chunk}`);
      if (told !== undefined) emit({ event: "body-whole-again", messageId, chunk, ...told });
    },
  };
}

/** What may be told of an error that is perhaps not ours: its text may hold anything. */
export function reasonOf(error: unknown): string {
  return error instanceof CodedError ? error.code : Error.isError(error) ? error.name : "unknown";
}
