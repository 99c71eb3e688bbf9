import { type Clock, type Emit, lastingTroubles, type MailboxId, type OdsCode } from "@restante/mesh";
import type { SystemTrouble } from "./worklist.ts";

type Part = SystemTrouble["part"];

/**
 * What the system cannot do now and that holds letters up, for the people who wait for them: a line on every page until
 * it works again. Whoever does a part of the work says of each try how it went.
 */
export interface StandingTroubles {
  failed(part: Part, mailboxId: MailboxId | undefined, trouble: Pick<SystemTrouble, "code" | "reason" | "some">): void;
  worked(part: Part, mailboxId?: MailboxId): void;
  /** Runs a pass, and tells of it while it takes too long: what it waits for may never answer. */
  watch<Result>(pass: () => Promise<Result>): Promise<Result>;
  /** The longest first. */
  readonly list: () => SystemTrouble[];
}

const passMs = 15 * 60 * 1000;
const lookMs = 60_000;
const stuckReason = "What it waits for has not answered.";

export function standingTroubles({
  clock,
  emit,
  organisation: { odsCode },
}: {
  clock: Clock;
  emit: Emit;
  organisation: { odsCode: OdsCode };
}): StandingTroubles {
  const told = lastingTroubles(clock);
  // As many as there are parts and mailboxes of ours.
  const lastGood = new Map<string, Date>();
  const troubles = new Map<string, SystemTrouble>();
  let passSince: Date | undefined;
  const isStuck = (since: Date | undefined): since is Date =>
    since !== undefined && clock.now().getTime() - since.getTime() > passMs;

  /** For the log: nothing else may happen for as long as it lasts. */
  function look(): void {
    if (!isStuck(passSince)) return;
    const trouble = told.met("pass", "stuck");
    if (trouble === undefined) return;
    const { times } = trouble;
    const about = { odsCode, work: "everything", code: "pass-stuck", reason: stuckReason } as const;
    emit({ event: "work-held-up", ...about, times, since: passSince });
  }
  const keyOf = (part: Part, mailboxId?: MailboxId): string => `${part} ${mailboxId ?? ""}`;

  return {
    failed(part, mailboxId, trouble) {
      const key = keyOf(part, mailboxId);
      const since = troubles.get(key)?.since ?? lastGood.get(key) ?? clock.now();
      troubles.set(key, { part, ...(mailboxId && { mailboxId }), since, ...trouble });
    },
    worked(part, mailboxId) {
      const key = keyOf(part, mailboxId);
      troubles.delete(key);
      lastGood.set(key, clock.now());
    },
    async watch(pass) {
      const since = clock.now();
      passSince = since;
      const looking = setInterval(look, lookMs).unref();
      try {
        return await pass();
      } finally {
        clearInterval(looking);
        passSince = undefined;
        const over = told.over("pass");
        if (over !== undefined) emit({ event: "work-resumed", odsCode, work: "everything", times: over.times, since });
      }
    },
    list() {
      const stuck: SystemTrouble[] = isStuck(passSince)
        ? [{ part: "stuck", since: passSince, code: "pass-stuck", reason: stuckReason }]
        : [];
      return [...troubles.values(), ...stuck].toSorted((a, b) => a.since.getTime() - b.since.getTime());
    },
  };
}
