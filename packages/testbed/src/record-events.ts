import type { Emit, Event } from "@restante/mesh";

import { waitFor, type WaitOptions } from "./wait-for.ts";

export type EventName = Event["event"];
export type EventOf<Name extends EventName> = Extract<Event, { event: Name }>;

export interface RecordedEvents {
  /** Give this to whatever is to be recorded. */
  readonly emit: Emit;
  /** Everything so far, in order. */
  readonly all: readonly Event[];
  of<Name extends EventName>(name: Name): EventOf<Name>[];
  /** The first event of this name that fits, now or later. */
  next<Name extends EventName>(
    name: Name,
    fits?: (event: EventOf<Name>) => boolean,
    options?: WaitOptions,
  ): Promise<EventOf<Name>>;
}

export function recordEvents(): RecordedEvents {
  const all: Event[] = [];
  const of = <Name extends EventName>(name: Name): EventOf<Name>[] =>
    all.filter((event): event is EventOf<Name> => event.event === name);
  return {
    emit: (event) => {
      all.push(event);
    },
    all,
    of,
    next: (name, fits = () => true, options = {}) =>
      waitFor(() => of(name).find(fits), { what: `the event ${name}`, ...options }),
  };
}
