import { type Clock, lastingTroubles, type VisitFault } from "@restante/mesh";

/** `address` is who spoke to this computer: a proxy, where there is one. Told at once, then at growing intervals. */
export interface RefusedVisit {
  readonly code: VisitFault;
  readonly address: string;
  readonly times: number;
  readonly since: Date;
}

export const faultStatus: Readonly<Record<VisitFault, number>> = {
  "not-the-proxy": 403,
  "not-over-https": 403,
  "visitor-unnamed": 400,
  "other-name": 421,
};

/** What whoever asks reads of it, who may be the one that sets up the proxy. */
export function faultWords(fault: VisitFault, address: URL | undefined): string {
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
  }
}

/** Anybody can have it told, so not each time. */
export function tellVisits(
  clock: Clock,
  tell: (refused: RefusedVisit) => void,
): (code: VisitFault, address: string | undefined) => void {
  const troubles = lastingTroubles(clock);
  return (code, address = "unknown") => {
    const trouble = troubles.met(`${code} ${address}`, code);
    if (trouble !== undefined) tell({ code, address, ...trouble });
  };
}
