import { lastingTroubles, type MailboxId } from "@restante/mesh";
import { MeshClientError } from "@restante/mesh-client";
import type { PracticeContext } from "../context.ts";
import { codeOf, reasonOf } from "../errors.ts";
import { retryAt } from "../hand-over/retry.ts";
import { isDueAt, type Progress } from "../work.ts";
import { eventId } from "./event-id.ts";

/** The messages of one mailbox that could not be taken in so far: when each is tried again, and who is told. */
export interface TroubledMessages {
  has(id: string): boolean;
  isDue(id: string): boolean;
  /** How often its import has failed. */
  importsFailed(id: string): number;
  /** `ofImport`: it was there and could not be imported, which is not tried for ever. */
  failed(id: string, error: unknown, options: { ofImport: boolean }): void;
  /** It was taken in. */
  over(id: string): void;
  /** These are all that wait. Of the others, one that was never taken in is gone, and that is told. */
  retain(ids: ReadonlySet<string>): void;
  /** What holds letters up here, if anything does. */
  summary(): Pick<Progress, "trouble">;
}

interface Troubled {
  imports: number;
  others: number;
  dueAt: Date;
  code: string;
  /** It was told, or would have been but for the interval. */
  told: boolean;
}

export function createTroubledMessages(
  { clock, tuning, emit, organisation: { odsCode } }: PracticeContext,
  mailboxId: MailboxId,
): TroubledMessages {
  const messages = new Map<string, Troubled>();
  const troubles = lastingTroubles(clock);

  return {
    has: (id) => messages.has(id),
    isDue: (id) => isDueAt(messages.get(id)?.dueAt, clock.now()),
    importsFailed: (id) => messages.get(id)?.imports ?? 0,

    failed(id, error, { ofImport }) {
      const now = clock.now();
      const code = codeOf(error);
      const { imports = 0, others = 0, told = false } = messages.get(id) ?? {};
      const mayBeGone = error instanceof MeshClientError && (code === "not-found" || code === "gone");
      // A message that cannot be imported is set aside soon, and one that is gone is not listed again.
      const tell = !ofImport && !(mayBeGone && others === 0);
      const dueAt = ofImport ? now : others === 0 ? now : retryAt(now, others, tuning.retryAfterMs);
      messages.set(id, {
        imports: imports + (ofImport ? 1 : 0),
        others: others + (ofImport ? 0 : 1),
        dueAt,
        code,
        told: told || tell,
      });
      const trouble = tell ? troubles.met(id, code) : undefined;
      if (trouble === undefined) return;
      const about = { odsCode, work: "collecting", mailboxId, messageId: eventId(id) } as const;
      emit({ event: "work-held-up", ...about, code, reason: reasonOf(error), ...trouble });
    },

    over(id) {
      messages.delete(id);
      const trouble = troubles.over(id);
      if (trouble === undefined) return;
      emit({ event: "work-resumed", odsCode, work: "collecting", mailboxId, messageId: eventId(id), ...trouble });
    },

    retain(ids) {
      for (const [id, { told }] of messages) {
        if (ids.has(id)) continue;
        messages.delete(id);
        const trouble = troubles.over(id);
        if (told && trouble !== undefined) {
          emit({ event: "message-gone", odsCode, mailboxId, messageId: eventId(id), ...trouble });
        }
      }
    },

    summary() {
      const [first, ...others] = Array.from(messages.values()).filter(({ told }) => told);
      if (first === undefined) return {};
      const count = others.length + 1;
      const reason = `${count} ${count === 1 ? "message" : "messages"} cannot be fetched from there.`;
      return { trouble: { code: first.code, reason } };
    },
  };
}
