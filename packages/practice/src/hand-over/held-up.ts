import { lastingTroubles } from "@restante/mesh";
import type { PracticeContext } from "../context.ts";
import type { Outgoing } from "../store/outgoing.ts";
import type { Progress } from "../work.ts";

/** Tells of messages that do not leave: at once, then at growing intervals, and when they have left. */
export interface HeldUp {
  /** It was tried and will be tried again. */
  failed(message: Pick<Outgoing, "headerId" | "mailboxId">, problem: { code: string; reason: string }): void;
  /** It has left, or will not be tried again. */
  over(message: Pick<Outgoing, "headerId" | "mailboxId">): void;
  summary(): Pick<Progress, "trouble">;
}

export function createHeldUp({ clock, emit, organisation }: PracticeContext): HeldUp {
  const troubles = lastingTroubles(clock);
  const problems = new Map<string, { code: string; reason: string }>();
  const about = ({ headerId, mailboxId }: Pick<Outgoing, "headerId" | "mailboxId">) =>
    ({ odsCode: organisation.odsCode, work: "handing-over", mailboxId, headerId }) as const;

  return {
    failed(message, problem) {
      problems.set(message.headerId, problem);
      const trouble = troubles.met(message.headerId, problem.code);
      if (trouble !== undefined) emit({ event: "work-held-up", ...about(message), ...problem, ...trouble });
    },
    over(message) {
      problems.delete(message.headerId);
      const trouble = troubles.over(message.headerId);
      if (trouble !== undefined) emit({ event: "work-resumed", ...about(message), ...trouble });
    },
    summary() {
      const [problem] = problems.values();
      return problem === undefined ? {} : { trouble: problem };
    },
  };
}
