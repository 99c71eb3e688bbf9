import { type HeldUpWork, lastingTroubles, type MailboxId } from "@restante/mesh";
import type { PracticeContext } from "./context.ts";
import { codeOf, reasonOf } from "./errors.ts";
import type { Progress } from "./work.ts";

/** One thing that a pass does. It throws if nothing of it can be done; of what else holds it up it tells itself. */
export interface Part {
  work: Exclude<HeldUpWork["work"], "everything">;
  /** The mailbox of ours; absent where it concerns none alone. */
  mailboxId?: MailboxId;
  run: (signal?: AbortSignal) => Promise<Progress>;
}

/**
 * Makes a pass of its parts. One that fails does not keep the others from their turn: each failure is told, at once, then
 * at growing intervals, and when it is over; and the first is thrown at the end. True: more is waiting.
 */
export function createPass(
  { clock, emit, organisation, troubles: standing }: PracticeContext,
  parts: readonly Part[],
): (signal?: AbortSignal) => Promise<boolean> {
  const troubles = lastingTroubles(clock);
  const { odsCode } = organisation;

  async function runPart({ work, mailboxId, run }: Part, signal?: AbortSignal): Promise<boolean> {
    const topic = `${work} ${mailboxId ?? ""}`;
    const about = { odsCode, work, ...(mailboxId && { mailboxId }) };
    try {
      const { more, trouble } = await run(signal);
      if (trouble === undefined) standing.worked(work, mailboxId);
      else standing.failed(work, mailboxId, { ...trouble, some: true });
      const over = troubles.over(topic);
      if (over !== undefined) emit({ event: "work-resumed", ...about, ...over });
      return more;
    } catch (error) {
      signal?.throwIfAborted();
      const problem = { code: codeOf(error), reason: reasonOf(error) };
      standing.failed(work, mailboxId, problem);
      const met = troubles.met(topic, problem.code);
      if (met !== undefined) emit({ event: "work-held-up", ...about, ...problem, ...met });
      throw error;
    }
  }

  return async (signal) => {
    const failures: unknown[] = [];
    let more = false;
    for (const part of parts) {
      try {
        more = (await runPart(part, signal)) || more;
      } catch (error) {
        signal?.throwIfAborted();
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
    return more;
  };
}
