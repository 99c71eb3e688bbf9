import type { MessageId } from "@restante/mesh";

const FIRST_MS = 1000;
const LONGEST_MS = 5 * 60 * 1000;
/** Beyond so many the oldest is forgotten, and tried again at once. */
const MOST = 10_000;

/**
 * Messages that could not be handled, each by its own fault: left alone for a while, twice as long each time up to 5
 * minutes, so that they cost little and hold up no other. By a time that nobody can put; over a restart all are tried.
 */
export interface Postponed {
  has(messageId: MessageId): boolean;
  failed(messageId: MessageId): void;
  worked(messageId: MessageId): void;
  /** Each is tried at once. */
  forget(): void;
}

export function createPostponed(): Postponed {
  const messages = new Map<MessageId, { until: number; delay: number }>();
  return {
    has: (messageId) => (messages.get(messageId)?.until ?? -Infinity) > performance.now(),
    failed(messageId) {
      const delay = Math.min((messages.get(messageId)?.delay ?? FIRST_MS / 2) * 2, LONGEST_MS);
      messages.delete(messageId);
      const oldest = messages.keys().next().value;
      if (messages.size >= MOST && oldest !== undefined) messages.delete(oldest);
      messages.set(messageId, { until: performance.now() + delay, delay });
    },
    worked(messageId) {
      messages.delete(messageId);
    },
    forget: () => messages.clear(),
  };
}
