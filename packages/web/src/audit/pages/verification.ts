import type { Audit } from "../audit.ts";
import type { AuditVerdict } from "../verify.ts";

export interface Verification {
  /** What has come of it after so long: the verdict, or that it goes on. */
  run(): Promise<{ readonly verdict?: AuditVerdict; readonly since: Date }>;
}

/** Nobody waits longer for a page. */
const longestMs = 20_000;
const keptMs = 60 * 60 * 1000;

/** One at a time, whoever asks: who asks meanwhile, or again, is told what comes of the one that is under way. */
export function createVerification(audit: Pick<Audit, "verify">, waitMs: number = longestMs): Verification {
  let running: { readonly verdict: Promise<AuditVerdict>; readonly since: Date } | undefined;
  return {
    async run() {
      // What nobody came back for says nothing of the rows since.
      if (running !== undefined && Math.abs(Date.now() - running.since.getTime()) > keptMs) running = undefined;
      running ??= { verdict: audit.verify(), since: new Date() };
      const { verdict, since } = running;
      // Told by whoever waits for it; with nobody there, by the next who asks.
      verdict.catch(() => undefined);
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<undefined>((resolve) => {
        timer = setTimeout(resolve, waitMs, undefined);
      });
      try {
        const found = await Promise.race([verdict, late]);
        if (found === undefined) return { since };
        running = undefined;
        return { verdict: found, since };
      } catch (error) {
        running = undefined;
        throw error;
      } finally {
        clearTimeout(timer);
      }
    },
  };
}
