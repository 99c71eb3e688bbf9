// Which tokens were used, mostly without asking the database: clients keep a nonce and count its uses up, and a count above
// all that were asked for, or given to the writer, with its nonce is in no row.
//
//   unknown   a nonce that was not met yet: the highest count of its rows is looked up, once.
//   known     what is above the highest is in no row; what is not is looked up.
//   doubtful  a token was given to the writer before its nonce was asked for: each is looked up.
//
// Nonces are forgotten only while nothing is on its way to the rows, else the highest count of a nonce's rows would not be
// that of all its tokens. Until then those that there is no room for are looked up each time.

import type { DatabaseSync } from "node:sqlite";

import type { TokenUse } from "../store.ts";

const MOST_NONCES = 10_000;
const DOUBTFUL = Infinity;

export interface UsedTokens {
  /** Whether a row records the token. */
  isRecorded(token: TokenUse): boolean;
  /** It is given to the writer. */
  note(token: TokenUse): void;
}

/** @param isIdle whether nothing is on its way to the rows */
export function createUsedTokens(db: DatabaseSync, isIdle: () => boolean, most: number = MOST_NONCES): UsedTokens {
  const find = db.prepare(
    "SELECT 1 FROM token WHERE mailbox_id = ? AND nonce = ? AND nonce_count = ? AND time IN (?, -1)",
  );
  const findHighest = db.prepare("SELECT max(nonce_count) AS highest FROM token WHERE mailbox_id = +? AND nonce = +?");
  /** By mailbox and nonce. */
  const highest = new Map<string, number>();

  function hasRoom(): boolean {
    if (highest.size >= most && isIdle()) highest.clear();
    return highest.size < most;
  }

  return {
    isRecorded(token) {
      const { mailboxId, nonce, nonceCount, time } = token;
      const key = keyOf(token);
      let known = highest.get(key);
      if (known === undefined && hasRoom()) {
        known = (findHighest.get(mailboxId, nonce)?.["highest"] ?? -1) as number;
        highest.set(key, known);
      }
      if (known === undefined || nonceCount <= known) {
        return find.get(mailboxId, nonce, nonceCount, time.getTime()) !== undefined;
      }
      highest.set(key, nonceCount);
      return false;
    },
    note(token) {
      const key = keyOf(token);
      const known = highest.get(key);
      if (known === undefined && hasRoom()) highest.set(key, DOUBTFUL);
      else if (known !== undefined && token.nonceCount > known) highest.set(key, token.nonceCount);
    },
  };
}

function keyOf({ mailboxId, nonce }: TokenUse): string {
  return `${mailboxId} ${nonce}`;
}
