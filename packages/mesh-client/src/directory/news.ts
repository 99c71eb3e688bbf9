/** Remembers what was told about each pair (by its key), so that what is no trouble of its own is told once. */
export interface News {
  /** Whether this text is not the last one told about this topic of this pair. */
  isNew(key: string, topic: "found" | "state", text: string): boolean;
  /** Forgets all pairs but these. */
  retain(keys: Iterable<string>): void;
}

export function createNews(): News {
  let told = new Map<string, Map<string, string>>();
  return {
    isNew(key, topic, text) {
      const topics = told.get(key) ?? new Map<string, string>();
      if (topics.get(topic) === text) return false;
      told.set(key, topics.set(topic, text));
      return true;
    },
    retain(keys) {
      const kept = new Map<string, Map<string, string>>();
      for (const key of keys) {
        const topics = told.get(key);
        if (topics !== undefined) kept.set(key, topics);
      }
      told = kept;
    },
  };
}
