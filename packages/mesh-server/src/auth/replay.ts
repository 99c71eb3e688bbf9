// A token is good for one request (MESH API, MESH Authorization header).
//
//   claimed   from the moment a request presents it: a second one is refused, though nothing is on disk yet.
//   recorded  with the request's effect, in one transaction; or, if it has none, with the next group, unwaited.
//   released  the server could not serve (503): the same token may come again, as clients send it (reference, How
//             clients behave).
// A claim is dropped once the record is on disk, so memory holds only the tokens of requests in hand.

import type { Store, TokenUse } from "../store/store.ts";

export interface ReplayGuard {
  /** False if the token was presented before. */
  claim(token: TokenUse): Promise<boolean>;
  /** The request is over. `record` unless the store has already recorded the token, or it may come again. */
  settle(token: TokenUse, options: { record: boolean }): void;
}

export function createReplayGuard(store: Store): ReplayGuard {
  const claimed = new Set<string>();

  return {
    async claim(token) {
      const key = tokenKey(token);
      if (claimed.has(key)) return false;
      claimed.add(key);
      try {
        if (!(await store.wasUsed(token))) return true;
      } catch (error) {
        claimed.delete(key);
        throw error;
      }
      claimed.delete(key);
      return false;
    },
    settle(token, { record }) {
      const release = (): unknown => claimed.delete(tokenKey(token));
      // A store that cannot record refuses every later request, so an unrecorded token opens nothing.
      if (record) store.useToken(token).then(release, release);
      else release();
    },
  };
}

function tokenKey(token: TokenUse): string {
  return `${token.mailboxId}:${token.nonce}:${token.nonceCount}`;
}
