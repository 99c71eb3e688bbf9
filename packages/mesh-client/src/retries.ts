import { setTimeout as delay } from "node:timers/promises";
import { checkNumber, checkOptions } from "./check-input.ts";
import { meshClientDefaults } from "./defaults.ts";
import { MeshClientError } from "./mesh-client-error.ts";

export interface RetryPolicy {
  /** How often a call is made at most, the first time included: 1 to 100. */
  readonly attempts: number;
  /** The wait before the second attempt is up to this, and doubles with each further one. */
  readonly firstWaitMs: number;
  /** No wait is longer than this, whatever the server asks for. */
  readonly longestWaitMs: number;
}

/** What the client was asked to do, by the name of the call. */
export type Operation =
  | "handshake"
  | "count"
  | "list"
  | "listReceived"
  | "listSent"
  | "head"
  | "download"
  | "acknowledge"
  | "send"
  | "sendChunk"
  | "track"
  | "trackByLocalId"
  | "lookup"
  | "workflowSearch";

/** An attempt failed, and another will be made. Nothing in it names a patient. */
export interface RetryNotice {
  readonly operation: Operation;
  /** Which attempt failed, from 1, of how many that are made at most. */
  readonly attempt: number;
  readonly attempts: number;
  /** Until the next one. */
  readonly waitMs: number;
  /** What it failed with. */
  readonly error: MeshClientError;
}

/** Must not throw: what it throws ends the call. */
export type OnRetry = (notice: RetryNotice) => void;

const mostAttempts = 100;

/** Throws `request-invalid` for what has no end. */
export function readRetryPolicy(given: Partial<RetryPolicy> = {}): RetryPolicy {
  checkOptions("retries", given);
  const policy: RetryPolicy = { ...meshClientDefaults.retries, ...given };
  checkNumber("retries.attempts", policy.attempts, { from: 1, to: mostAttempts });
  checkNumber("retries.firstWaitMs", policy.firstWaitMs, { from: 0, to: 2 ** 31 - 1 });
  checkNumber("retries.longestWaitMs", policy.longestWaitMs, { from: 0, to: 2 ** 31 - 1 });
  return policy;
}

/** The statuses on which the NHS's own client tries again. */
const passingStatuses: ReadonlySet<number> = new Set([425, 429, 502, 503, 504]);

/**
 * Makes a call again while it fails in a way that passes. Only for calls that may be made twice: a send never comes
 * here. Waits between a half and the whole of the back-off, so that clients that failed together do not return together.
 */
export async function withRetries<Result>(
  call: () => Promise<Result>,
  {
    policy,
    signal,
    tell,
  }: {
    readonly policy: RetryPolicy;
    readonly signal: AbortSignal | undefined;
    readonly tell: (failed: Omit<RetryNotice, "operation">) => void;
  },
): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await call();
    } catch (error) {
      if (attempt >= policy.attempts || !passes(error)) throw error;
      const backOff = Math.max(policy.firstWaitMs * 2 ** (attempt - 1), error.retryAfterMs ?? 0);
      const waitMs = Math.round(Math.min(backOff, policy.longestWaitMs) * (0.5 + Math.random() / 2));
      tell({ attempt, attempts: policy.attempts, waitMs, error });
      await wait(waitMs, signal);
    }
  }
}

function passes(error: unknown): error is MeshClientError {
  if (!(error instanceof MeshClientError)) return false;
  if (error.status !== undefined) return passingStatuses.has(error.status);
  // That it asks for a sign-in, or forbids, does not pass.
  if (error.code === "proxy") return error.retry === "safe";
  return error.code === "unreachable" || error.code === "timed-out" || error.code === "answer-lost";
}

async function wait(ms: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await delay(ms, undefined, signal === undefined ? {} : { signal });
  } catch (cause) {
    throw new MeshClientError("aborted", "The call was given up.", { cause, retry: "safe" });
  }
}
