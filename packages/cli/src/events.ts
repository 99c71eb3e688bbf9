import type { Emit, Event } from "@restante/mesh";

/** One stream of events for everyone in this process who follows them: the terminal, the log, a command that waits. */
export interface Events {
  readonly emit: Emit;
  /** Until the returned function is called, every event is also given to `reader`. */
  follow(reader: (event: Event) => void): () => void;
}

export function createEvents(): Events {
  const readers = new Set<(event: Event) => void>();
  return {
    emit(event) {
      for (const reader of readers) reader(event);
    },
    follow(reader) {
      readers.add(reader);
      return () => readers.delete(reader);
    },
  };
}
