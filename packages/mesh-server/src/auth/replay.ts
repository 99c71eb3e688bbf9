// A token is good for one request (MESH API, MESH Authorization header).
//
//   claimed   from the moment a request presents it: a second one is refused, though nothing is on disk yet.
//   recorded  with the request's effect, in one transaction; or, if it has none, with the next group, unwaited.
//   released  the server could not serve (503) or would not yet (429): the same token may come again, as clients send it (reference, How
//             clients behave).
// A claim is dropped once the record is on disk, so memory holds only the tokens of requests in hand. Where a record
// cannot be written the claim stays, and no further request is let in before it can. All that wait for it share one try:
// one each would fill the store's queue with the same tokens.

import type { Store, TokenUse } from "../store/store.ts";

export interface ReplayGuard {
  /** False if the token was presented before. Fails as the store does while an earlier token cannot be recorded. */
  claim(token: TokenUse): Promise<boolean>;
  /** The request is over. `record` unless the store has already recorded the token, or it may come again. */
  settle(token: TokenUse, options: { record: boolean }): void;
}

export function createReplayGuard(store: Store): ReplayGuard {
  const claimed = new Set<string>();
  const unrecorded = new Map<string, TokenUse>();
  let trying: Promise<void> | undefined;

  async function record(token: TokenUse): Promise<void> {
    const key = tokenKey(token);
    try {
      await store.useToken(token);
      unrecorded.delete(key);
      claimed.delete(key);
    } catch (error) {
      unrecorded.set(key, token);
      throw error;
    }
  }

  async function recordAll(): Promise<void> {
    const tries = await Promise.allSettled(Array.from(unrecorded.values(), record));
    const failed = tries.find((result) => result.status === "rejected");
    if (failed !== undefined) throw failed.reason;
  }

  return {
    async claim(token) {
      const key = tokenKey(token);
      if (claimed.has(key)) return false;
      claimed.add(key);
      let fresh = false;
      try {
        // Again, if another could not be recorded since the try began.
        while (unrecorded.size > 0) {
          trying ??= recordAll().finally(() => {
            trying = undefined;
          });
          await trying;
        }
        fresh = !(await store.wasUsed(token));
      } finally {
        if (!fresh) claimed.delete(key);
      }
      return fresh;
    },
    settle(token, { record: wanted }) {
      if (wanted) record(token).catch(() => undefined);
      else claimed.delete(tokenKey(token));
    },
  };
}

function tokenKey(token: TokenUse): string {
  return `${token.mailboxId}:${token.nonce}:${token.nonceCount}:${token.time.getTime()}`;
}
