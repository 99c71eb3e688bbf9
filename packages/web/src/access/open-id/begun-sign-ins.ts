import { createCipheriv, createDecipheriv, createHmac, randomBytes, randomUUID } from "node:crypto";
import { keepLatest } from "../../keep-latest.ts";

/** What goes to the issuer with a person, and must come back with them. */
export interface BegunSignIn {
  readonly state: string;
  readonly nonce: string;
  /** Of PKCE (RFC 7636): who has it began the sign-in. */
  readonly verifier: string;
}

/**
 * Sign-ins that were sent to the issuer. Nothing is kept of them, so that nobody who begins a million keeps others from theirs:
 * `state` is what there is to know, sealed under a key of this process; the others are derived from it.
 *
 * Each is good for 10 minutes, in the browser that began it, until it has come back once or the process ends.
 */
export interface BegunSignIns {
  /** @param binding of the browser */
  begin(binding: string, to: string | undefined): BegunSignIn;
  /** Undefined: it was not begun in this browser, too long ago, or has come back before. */
  take(state: unknown, binding: string): (BegunSignIn & { to: string | undefined }) | undefined;
}

const goodForMs = 10 * 60_000;
/** Longer pages are forgotten on the way: issuers take addresses of some 2,000 characters. */
const longestTo = 300;
/** Come back, and not too old yet. Of more, the oldest is forgotten: the issuer takes no code twice either. */
const mostTaken = 10_000;
const ivBytes = 12;
const tagBytes = 16;

interface Sealed {
  readonly id: string;
  readonly at: number;
  readonly to?: string;
}

export function createBegunSignIns(now: () => Date): BegunSignIns {
  const key = randomBytes(32);
  /** When each was begun. */
  const taken = new Map<string, number>();
  const derived = (use: string, state: string): string =>
    createHmac("sha256", key)
      .update(JSON.stringify([use, state]))
      .digest("base64url");
  const withState = (state: string): BegunSignIn => ({
    state,
    nonce: derived("nonce", state),
    verifier: derived("verifier", state),
  });
  // A clock that was put back makes nothing good for longer.
  const isGood = (at: number): boolean => Math.abs(now().getTime() - at) < goodForMs;

  function seal(sealed: Sealed, binding: string): string {
    const iv = randomBytes(ivBytes);
    const cipher = createCipheriv("aes-256-gcm", key, iv).setAAD(Buffer.from(binding));
    const said = Buffer.concat([cipher.update(JSON.stringify(sealed)), cipher.final()]);
    return Buffer.concat([iv, cipher.getAuthTag(), said]).toString("base64url");
  }

  function open(state: string, binding: string): Sealed | undefined {
    const bytes = Buffer.from(state, "base64url");
    // Another way to write the same bytes is another state.
    if (bytes.length < ivBytes + tagBytes || bytes.toString("base64url") !== state) return undefined;
    const [iv, tag] = [bytes.subarray(0, ivBytes), bytes.subarray(ivBytes, ivBytes + tagBytes)];
    const decipher = createDecipheriv("aes-256-gcm", key, iv).setAAD(Buffer.from(binding)).setAuthTag(tag);
    try {
      const said = Buffer.concat([decipher.update(bytes.subarray(ivBytes + tagBytes)), decipher.final()]);
      return JSON.parse(said.toString()) as Sealed;
    } catch {
      return undefined;
    }
  }

  function noteTaken({ id, at }: Sealed): void {
    for (const [other, begun] of taken) if (!isGood(begun)) taken.delete(other);
    keepLatest(taken, id, at, mostTaken);
  }

  return {
    begin(binding, to) {
      const isShort = to !== undefined && to.length <= longestTo;
      return withState(seal({ id: randomUUID(), at: now().getTime(), ...(isShort && { to }) }, binding));
    },
    take(state, binding) {
      const sealed = typeof state === "string" ? open(state, binding) : undefined;
      if (typeof state !== "string" || sealed === undefined) return undefined;
      if (!isGood(sealed.at) || taken.has(sealed.id)) return undefined;
      noteTaken(sealed);
      return { ...withState(state), to: sealed.to };
    },
  };
}
