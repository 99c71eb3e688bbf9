import { createHmac, randomBytes } from "node:crypto";
import { isSameBytes } from "../../same-bytes.ts";

/**
 * Browsers in which somebody has signed in before. What such a browser gets wrong is counted by itself: whoever guesses
 * elsewhere, until the name or the address has to wait, does not keep its owner out (OWASP, "Slow down online guessing attacks
 * with device cookies"). It opens nothing: the password is asked for all the same.
 *
 * The cookie is a number of the browser's own and, for each user who has signed in there, what only this system could have
 * written: computers of a practice are used by several.
 */
export interface Devices {
  /** What attempts of this user in this browser are counted by; undefined: the browser does not know them. */
  find(cookie: string | undefined, userId: string): string | undefined;
  /** The cookie that it has from now on. */
  remember(cookie: string | undefined, userId: string): string;
}

/** Who has not signed in in a browser for longest makes room. */
const mostUsers = 10;

export function createDevices(secret: Uint8Array): Devices {
  const sign = (device: string, userId: string): Buffer =>
    createHmac("sha256", secret)
      .update(JSON.stringify([device, userId]))
      .digest();

  function usersIn(cookie: string | undefined): { device: string | undefined; users: string[] } {
    const [device = "", ...entries] = (cookie ?? "").split(".");
    const users = entries.slice(0, mostUsers).flatMap((entry) => {
      const [userId = "", signature = ""] = entry.split("~");
      return isSameBytes(sign(device, userId), Buffer.from(signature, "base64url")) ? [userId] : [];
    });
    return users.length === 0 ? { device: undefined, users } : { device, users };
  }

  return {
    find(cookie, userId) {
      const { device, users } = usersIn(cookie);
      return users.includes(userId) ? `device:${device}:${userId}` : undefined;
    },
    remember(cookie, userId) {
      const { device = randomBytes(16).toString("base64url"), users } = usersIn(cookie);
      const kept = [userId, ...users.filter((other) => other !== userId)].slice(0, mostUsers);
      return [device, ...kept.map((one) => `${one}~${sign(device, one).toString("base64url")}`)].join(".");
    },
  };
}
