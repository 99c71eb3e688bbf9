// Which mailboxes are closed, in memory: every send asks, and an operator seldom closes one. What is remembered is read
// again once a change has been answered; until then, as anywhere, whoever asks may be told how it was before. And at every tick:
// a read that finds damage is what keeps a damaged store from taking new messages, and what is remembered finds none.

import type { MailboxId } from "@restante/mesh";

import type { Closure } from "../store.ts";

export interface Closures {
  readonly of: (mailboxId: MailboxId) => Closure | undefined;
  /** They are read anew when they are asked for next. */
  readonly forget: () => void;
  /** Answers as the change does. Whatever comes of it, it may have been made. */
  readonly changedBy: <Value>(change: Promise<Value>) => Promise<Value>;
}

export function keepClosures(read: () => readonly Closure[]): Closures {
  let kept: ReadonlyMap<MailboxId, Closure> | undefined;

  function forget(): void {
    kept = undefined;
  }

  return {
    forget,
    of(mailboxId) {
      kept ??= new Map(read().map((closure) => [closure.mailboxId, closure]));
      return kept.get(mailboxId);
    },
    changedBy: (change) => change.finally(forget),
  };
}
