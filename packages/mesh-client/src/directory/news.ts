/** Remembers what was told about each pair, so that what goes on for long is told once and not at every poll. */
export interface News {
  /** Whether this text is not the last one told about this topic of this pair. */
  isNew(base: string, topic: "found" | "state", text: string): boolean;
  /** Forgets all pairs but these. */
  retain(bases: Iterable<string>): void;
}

export function createNews(): News {
  let told = new Map<string, Map<string, string>>();
  return {
    isNew(base, topic, text) {
      const topics = told.get(base) ?? new Map<string, string>();
      if (topics.get(topic) === text) return false;
      told.set(base, topics.set(topic, text));
      return true;
    },
    retain(bases) {
      const kept = new Map<string, Map<string, string>>();
      for (const base of bases) {
        const topics = told.get(base);
        if (topics !== undefined) kept.set(base, topics);
      }
      told = kept;
    },
  };
}
