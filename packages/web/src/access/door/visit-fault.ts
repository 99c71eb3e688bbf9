import { type Clock, lastingTroubles, type VisitFault } from "@restante/mesh";
import { networkOf } from "../sessions/network-of.ts";

/**
 * `address` is who spoke to this computer: a proxy, where there is one; of a form it is the visitor. Told at once, then at growing
 * intervals.
 */
export interface RefusedVisit {
  readonly code: VisitFault;
  readonly address: string;
  readonly times: number;
  readonly since: Date;
}

/** A connection that is too many is closed without an answer; a program is answered by a problem of its own. */
export type AnsweredFault = Exclude<VisitFault, "too-many-at-once" | "token-refused" | "asked-by-a-browser">;

export const faultStatus: Readonly<Record<AnsweredFault, number>> = {
  "not-the-proxy": 403,
  "not-over-https": 403,
  "visitor-unnamed": 400,
  "other-name": 421,
  "form-from-elsewhere": 403,
  "form-without-token": 403,
};

/** What whoever asks reads of it, who may be the one that sets up the proxy. */
export function faultWords(fault: AnsweredFault, address?: URL): string {
  const where = address === undefined ? "" : ` These pages are at ${address.origin}.`;
  switch (fault) {
    case "not-the-proxy":
      return `This is not the way to these pages.${where}`;
    case "not-over-https":
      return `These pages are served over HTTPS alone: the proxy must say by X-Forwarded-Proto that it was asked so.${where}`;
    case "visitor-unnamed":
      return "The proxy must say by X-Forwarded-For from which address it was asked.";
    case "other-name":
      return `This address is not served here.${where}`;
    case "form-from-elsewhere":
      return "The form was not sent from one of these pages. Go back, load the page again and retry.";
    case "form-without-token":
      return "The page was open for too long, or the system has been started again since. Open it again and retry.";
  }
}

export type TellVisit = (code: VisitFault, address: string | undefined) => void;

/** Anybody can have it told, so not each time, nor for each address of a network that one machine has whole. */
export function tellVisits(clock: Clock, tell: (refused: RefusedVisit) => void): TellVisit {
  const troubles = lastingTroubles(clock);
  return (code, address = "unknown") => {
    const trouble = troubles.met(`${code} ${networkOf(address)}`, code);
    if (trouble !== undefined) tell({ code, address, ...trouble });
  };
}
