import type { Clock, Emit } from "@restante/mesh";

import { addressGroup } from "./address-group.ts";
import { tellRepeated } from "./tell-repeated.ts";

export interface ToldRefusal {
  status: number;
  code: string;
  reason: string;
  mailboxId?: string;
  /** Where it came from. */
  address?: string;
  requestId?: string;
}

export interface TellRefusals {
  /** A request, or what should have become one, was refused. */
  refused(refusal: ToldRefusal): void;
  /** A connection was cut for the sake of another, or found no place. */
  dropped(reason: string, address?: string): void;
  /** To be called now and then. */
  look(): void;
}

interface TellingRefusals {
  clock: Clock;
  emit: Emit;
  /** Every refusal is told: somebody looks, who tries again and again until it is right. */
  each?: boolean;
}

/**
 * The events of what is turned away. Anybody can cause them at will, so each kind is told at once for each mailbox and
 * address, and from then on counted.
 */
export function tellRefusals({ clock, emit, each = false }: TellingRefusals): TellRefusals {
  const refusals = tellRepeated<ToldRefusal>(clock, (refusal, repeated) =>
    emit({ event: "request-refused", ...refusal, ...repeated }),
  );
  const drops = tellRepeated<{ reason: string; address?: string }>(clock, (drop, repeated) =>
    emit({ event: "connections-dropped", ...drop, ...repeated }),
  );
  return {
    refused(refusal) {
      if (each) return emit({ event: "request-refused", ...refusal });
      const { status, code, mailboxId = "", address = "" } = refusal;
      refusals.met(`${status} ${code} ${mailboxId} ${addressGroup(address)}`, refusal.reason, refusal);
    },
    dropped(reason, address) {
      const drop = { reason, ...(address !== undefined && { address }) };
      drops.met(address === undefined ? "all" : addressGroup(address), reason, drop);
    },
    look() {
      refusals.look();
      drops.look();
    },
  };
}
