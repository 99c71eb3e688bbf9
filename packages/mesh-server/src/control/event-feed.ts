// The server's own events, for whoever waits for one: each is handed on as before, and then to all who have subscribed.

import type { Clock, Emit, Event } from "@restante/mesh";

/** Told of an event, and when it happened. It never throws and never waits. */
export type EventListener = (event: Event, at: Date) => void;

export interface EventFeed {
  /** For `serve`, in the place of the one that was given. */
  readonly emit: Emit;
  /** Until what it answers is called. */
  subscribe(listener: EventListener): () => void;
}

export function createEventFeed(emit: Emit, clock: Clock): EventFeed {
  const listeners = new Set<EventListener>();
  return {
    emit(event) {
      emit(event);
      if (listeners.size === 0) return;
      const at = clock.now();
      for (const listener of listeners) listener(event, at);
    },
    subscribe(listener) {
      // A function of its own: the same one given twice is two subscriptions.
      const own: EventListener = (event, at) => listener(event, at);
      listeners.add(own);
      return () => void listeners.delete(own);
    },
  };
}
