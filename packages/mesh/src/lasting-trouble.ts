import type { Clock } from "./clock.ts";

/** How often something has gone wrong since it last went right. */
export interface Trouble {
  /** From 1. */
  readonly times: number;
  readonly since: Date;
}

/**
 * What is known of things that go wrong again and again, so that each is told at once, then with its count at growing
 * intervals (a minute, 5 minutes, half an hour, 2 hours, then every 6 hours), and at last that it is over: a log that
 * repeats a line at every try is not read, and one that falls silent says that all is well.
 *
 * A topic is what goes wrong as a whole (a folder, the way to the server, one message); its reason may change. A reason
 * that is new to a topic is told at once.
 */
export interface LastingTroubles {
  /** It went wrong. Gives what is to be told now; undefined if it is not yet time. */
  met(topic: string, reason: string): Trouble | undefined;
  /** It went right. Gives what there is to be told as over; undefined if there was no trouble. */
  over(topic: string): Trouble | undefined;
  /** Forgets, without a word, all topics but these: what they were about is gone. */
  retain(topics: Iterable<string>): void;
}

const minute = 60_000;
const intervals: readonly number[] = [minute, 5 * minute, 30 * minute, 120 * minute, 360 * minute];
/** Topics and reasons come from outside: beyond so many, the oldest is forgotten, and told anew if it comes again. */
const mostTopics = 10_000;
const mostReasons = 20;

interface Topic {
  times: number;
  readonly since: number;
  /** When each reason is next to be told, and how often it has been. */
  readonly reasons: Map<string, { dueAt: number; told: number }>;
}

export function lastingTroubles(clock: Clock): LastingTroubles {
  const topics = new Map<string, Topic>();

  return {
    met(name, reason) {
      const now = clock.now().getTime();
      const topic = topics.get(name) ?? { times: 0, since: now, reasons: new Map() };
      topic.times += 1;
      add(topics, name, topic, mostTopics);
      const known = topic.reasons.get(reason) ?? { dueAt: now, told: 0 };
      // A clock that was put back must not silence what is told, nor one put forward tell it for ever.
      if (now < known.dueAt && known.dueAt - now <= longest) return undefined;
      known.dueAt = now + (intervals[known.told] ?? longest);
      known.told += 1;
      add(topic.reasons, reason, known, mostReasons);
      return { times: topic.times, since: new Date(topic.since) };
    },
    over(name) {
      const topic = topics.get(name);
      if (topic === undefined) return undefined;
      topics.delete(name);
      return { times: topic.times, since: new Date(topic.since) };
    },
    retain(names) {
      const kept = new Set(names);
      for (const name of topics.keys()) if (!kept.has(name)) topics.delete(name);
    },
  };
}

const longest: number = intervals.at(-1) ?? 0;

function add<Value>(map: Map<string, Value>, key: string, value: Value, most: number): void {
  const oldest = map.keys().next().value;
  if (!map.has(key) && map.size >= most && oldest !== undefined) map.delete(oldest);
  map.set(key, value);
}
