import { randomBytes } from "node:crypto";
import { keepLatest } from "../../keep-latest.ts";

/** As many as a site has people; of more, and after a start, the issuer asks whoever signs out there whether they mean it. */
const most = 1000;

/**
 * The ID tokens of those who are signed in, and, by a key that only their browser is given, of those who have just signed out:
 * an issuer wants it to end its own sign-in (OpenID Connect RP-Initiated Logout 1.0, clause 2). In memory alone.
 */
export interface Leaving {
  note(userId: string, idToken: string): void;
  keyFor(userId: string): string;
  take(key: string): string | undefined;
}

export function createLeaving(): Leaving {
  const tokens = new Map<string, string>();
  const left = new Map<string, string>();
  return {
    note: (userId, idToken) => keepLatest(tokens, userId, idToken, most),
    keyFor(userId) {
      const key = randomBytes(16).toString("base64url");
      const idToken = tokens.get(userId);
      tokens.delete(userId);
      if (idToken !== undefined) keepLatest(left, key, idToken, most);
      return key;
    },
    take(key) {
      const idToken = left.get(key);
      left.delete(key);
      return idToken;
    },
  };
}
