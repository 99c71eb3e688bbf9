import { type Clock, type Emit, lastingTroubles, type OdsCode } from "@restante/mesh";
import type { Worklist } from "@restante/practice";
import type { Audit } from "@restante/web";

const hourMs = 60 * 60 * 1000;
const dayMs = 24 * hourMs;

export interface OldAuditRows extends Disposable {
  /** What is done each hour. */
  turn(): Promise<void>;
}

/**
 * Removes rows of the audit that are older than its retention, if one is set, once a day, and while there are more each hour;
 * and only while the system removes what is old by the same clock. Killed anywhere, what was committed is gone and written down.
 */
export function removeOldAuditRows({
  worklist,
  audit,
  odsCode,
  clock,
  emit,
  everyMs = hourMs,
}: {
  readonly worklist: Pick<Worklist, "kept">;
  readonly audit: Audit;
  readonly odsCode: OdsCode;
  readonly clock: Clock;
  readonly emit: Emit;
  readonly everyMs?: number;
}): OldAuditRows {
  const troubles = lastingTroubles(clock);
  let doneAt = -Infinity;

  async function turn(): Promise<void> {
    const now = clock.now().getTime();
    if (Math.abs(now - doneAt) < dayMs - hourMs) return;
    try {
      const { days, waitsFor } = await worklist.kept();
      // Why, the system tells.
      if (days.audit === undefined || waitsFor !== undefined) return;
      const gone = audit.removeBefore(new Date(now - days.audit * dayMs), days.audit);
      if (gone !== undefined) emit({ event: "audit-removed", odsCode, rows: gone.rows, upTo: gone.upTo });
      if (gone?.more !== true) doneAt = now;
      const over = troubles.over("audit");
      if (over !== undefined) emit({ event: "retention-resumed", odsCode, ...over });
    } catch (error) {
      const code = Error.isError(error) && "code" in error ? String(error.code) : "unusable";
      const reason = `rows of the audit cannot be removed (${code})`;
      const told = troubles.met("audit", reason);
      if (told !== undefined) emit({ event: "retention-paused", odsCode, reason, ...told });
    }
  }

  const timer = setInterval(() => void turn(), everyMs).unref();
  return { turn, [Symbol.dispose]: () => clearInterval(timer) };
}
