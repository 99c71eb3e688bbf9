import type { Clock, MailboxId } from "@restante/mesh";
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

export function standingTroubles(clock: Clock): StandingTroubles {
  // As many as there are parts and mailboxes of ours.
  const lastGood = new Map<string, Date>();
  const troubles = new Map<string, SystemTrouble>();
  let passSince: Date | undefined;
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
      passSince = clock.now();
      try {
        return await pass();
      } finally {
        passSince = undefined;
      }
    },
    list() {
      const stuck: SystemTrouble[] =
        passSince !== undefined && clock.now().getTime() - passSince.getTime() > passMs
          ? [{ part: "stuck", since: passSince, code: "pass-stuck", reason: "What it waits for has not answered." }]
          : [];
      return [...troubles.values(), ...stuck].toSorted((a, b) => a.since.getTime() - b.since.getTime());
    },
  };
}
