import { checkNumber, checkOptions } from "./check-input.ts";
import { meshClientDefaults } from "./defaults.ts";

/** How long is waited, each for one thing and none for another. In milliseconds. */
export interface Timeouts {
  /** For a connection to stand: to the server, or to the proxy and through it, and TLS. Not for a request's turn. */
  readonly connectMs: number;
  /** For the head of the answer once the request is sent, announcements (1xx) as they may come, and for the server to take the next piece of a request. */
  readonly headersMs: number;
  /** Between any two pieces of an answer's body; and as often, it must have brought a byte for each millisecond waited. */
  readonly bodyIdleMs: number;
}

/** Throws `request-invalid` for what is no time. What is not set is `requestTimeoutMs`. */
export function readTimeouts({
  requestTimeoutMs,
  timeouts = {},
}: {
  readonly requestTimeoutMs?: number | undefined;
  readonly timeouts?: Partial<Timeouts> | undefined;
}): Timeouts {
  checkOptions("timeouts", timeouts);
  const { connectMs, headersMs, bodyIdleMs } = timeouts;
  const given = {
    requestTimeoutMs,
    "timeouts.connectMs": connectMs,
    "timeouts.headersMs": headersMs,
    "timeouts.bodyIdleMs": bodyIdleMs,
  };
  for (const [field, ms] of Object.entries(given)) {
    // A Date and setTimeout count no further.
    if (ms !== undefined) checkNumber(field, ms, { from: 1, to: 2 ** 31 - 1 });
  }
  const otherwise = requestTimeoutMs ?? meshClientDefaults.requestTimeoutMs;
  return {
    connectMs: connectMs ?? otherwise,
    headersMs: headersMs ?? otherwise,
    bodyIdleMs: bodyIdleMs ?? otherwise,
  };
}
