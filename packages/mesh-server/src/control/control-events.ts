// The server's events for one reader, as they happen. A reader that is slower than they come is not waited for: what is
// beyond its buffer is dropped, and it is told how many they were, in their place.

import type { ControlEvent } from "@restante/control";
import type { Clock, Event } from "@restante/mesh";

import type { EventFeed } from "./event-feed.ts";

const MOST_BUFFERED = 1000;
/** Told among the events, where some were dropped. */
const DROPPED = "events-dropped";

/** From this call on, whenever they are read. Once it closes, what came before is read to its end; once aborted, nothing. */
export function controlEvents(
  feed: EventFeed,
  clock: Clock,
  {
    names = [],
    closing,
    signal,
  }: { names?: readonly string[] | undefined; closing: AbortSignal; signal?: AbortSignal },
): AsyncIterable<ControlEvent> {
  const wanted = new Set(names);
  const stop = AbortSignal.any(signal === undefined ? [closing] : [closing, signal]);
  const isGone = (): boolean => signal?.aborted === true;
  let buffer: ControlEvent[] = [];
  let dropped = 0;
  let wake = Promise.withResolvers<void>();
  const unsubscribe = feed.subscribe((event, at) => {
    if (wanted.size > 0 && !wanted.has(event.event)) return;
    if (buffer.length >= MOST_BUFFERED) dropped += 1;
    else buffer.push(controlEvent(event, at));
    wake.resolve();
  });
  const end = (): void => {
    unsubscribe();
    wake.resolve();
  };
  if (stop.aborted) end();
  else stop.addEventListener("abort", end, { once: true });

  async function* read(): AsyncGenerator<ControlEvent, void> {
    try {
      for (;;) {
        await wake.promise;
        if (!stop.aborted) wake = Promise.withResolvers();
        const [came, lost] = [buffer, dropped];
        [buffer, dropped] = [[], 0];
        for (const event of came) {
          if (isGone()) return;
          yield event;
        }
        if (isGone()) return;
        if (lost > 0) yield { event: DROPPED, at: clock.now().toISOString(), count: lost };
        if (stop.aborted && buffer.length === 0) return;
      }
    } finally {
      unsubscribe();
      stop.removeEventListener("abort", end);
    }
  }
  return read();
}

/** Times are texts, as over HTTP. */
function controlEvent(event: Event, at: Date): ControlEvent {
  const plain = Object.entries(event).map(([name, value]) => [
    name,
    value instanceof Date ? value.toISOString() : value,
  ]);
  return { ...(Object.fromEntries(plain) as { event: string }), at: at.toISOString() };
}
