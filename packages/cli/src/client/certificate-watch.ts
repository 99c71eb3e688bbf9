import { type Clock, type Emit, lastingTroubles, type OdsCode, systemClock } from "@restante/mesh";
import { certificateExpiry } from "@restante/mesh-client";
import type { ClientCertificates } from "./certificates.ts";

/** Watches over the ends of a process's certificates: one for all its mailboxes, so that one that they share is told once. */
export interface CertificateWatch extends Disposable {
  /**
   * From now on it is these: at a start, and whenever the settings are read anew. They are looked at now, and every hour: those
   * that have 60, 30 or 7 days left, or none, are told as lasting trouble is; then that they were replaced.
   */
  watch(certificates: readonly WatchedCertificates[]): void;
}

/** Of a client, of the pages of an organisation, or of the server. */
export interface WatchedCertificates extends ClientCertificates {
  readonly odsCode?: OdsCode;
  readonly isServers?: boolean;
}

const usesOfServer = { client: "server", issuer: "server", trusted: "clients" } as const;

/** Days left from which it is told, and told at once although it was told before. */
const STAGES: readonly number[] = [0, 7, 30, 60];
const HOUR = 60 * 60 * 1000;

export function watchCertificates({ emit, clock = systemClock }: { emit: Emit; clock?: Clock }): CertificateWatch {
  const troubles = lastingTroubles(clock);
  let watched: readonly WatchedCertificates[] = [];

  function look(): void {
    for (const { mailboxId, odsCode, isServers = false, cert, ca } of watched) {
      const { daysLeft, of: use, ...what } = certificateExpiry({ cert, ca }, clock.now());
      const whose = {
        ...(mailboxId !== undefined && { mailboxId }),
        ...(odsCode !== undefined && { odsCode }),
        ...what,
        of: odsCode !== undefined ? ("pages" as const) : isServers ? usesOfServer[use] : use,
      };
      const stage = STAGES.find((days) => daysLeft <= days);
      if (stage === undefined) {
        const trouble = troubles.over(topicOf(mailboxId));
        if (trouble !== undefined) emit({ event: "certificate-renewed", ...whose, ...trouble });
      } else {
        const trouble = troubles.met(topicOf(mailboxId), String(stage));
        if (trouble !== undefined) emit({ event: "certificate-expires", ...whose, daysLeft, ...trouble });
      }
    }
  }

  // Nothing waits for it: it must not keep a process from its end.
  const timer = setInterval(look, HOUR).unref();
  return {
    watch(certificates) {
      watched = certificates;
      troubles.retain(certificates.map(({ mailboxId }) => topicOf(mailboxId)));
      look();
    },
    [Symbol.dispose]: () => clearInterval(timer),
  };
}

function topicOf(mailboxId: string | undefined): string {
  return mailboxId ?? "all";
}
