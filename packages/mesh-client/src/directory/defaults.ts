import type { StatusTimes } from "./status-times.ts";

export interface DirectoryClientDefaults {
  readonly pollIntervalMs: number;
  readonly pollJitterPercent: number;
  readonly settleMs: number;
  readonly missingPairAfterMs: { readonly data: number; readonly control: number };
  readonly answerWaitMs: number;
  readonly attempts: number;
  readonly waitForEarlierMs: number;
  readonly onAmbiguous: "hold" | "resend";
  readonly maxRequestBytes: number;
  readonly chunkBytes: number;
  readonly commit: "single" | "two-chunk";
  readonly maxMessageBytes: number;
  readonly sendFileName: boolean;
  readonly keepSent: boolean;
  /** Of the workers of one directory client alone. */
  readonly workers: { readonly most: number; readonly mostOfOne: number };
  readonly orderWaitMs: number;
  readonly statusTimes: StatusTimes;
  readonly reports: Readonly<Record<"collect" | "transfer" | "delay" | "authentication" | "poll", boolean>>;
}

export const directoryClientDefaults: DirectoryClientDefaults = {
  pollIntervalMs: 5 * 60 * 1000,
  pollJitterPercent: 10,
  settleMs: 1000,
  missingPairAfterMs: { data: 10 * 60 * 1000, control: 24 * 60 * 60 * 1000 },
  answerWaitMs: 60 * 1000,
  attempts: 20,
  waitForEarlierMs: 10 * 60 * 1000,
  onAmbiguous: "hold",
  maxRequestBytes: 75_000_000,
  chunkBytes: 20_000_000,
  commit: "single",
  maxMessageBytes: 20_000_000_000,
  sendFileName: true,
  keepSent: true,
  workers: { most: 8, mostOfOne: 8 },
  orderWaitMs: 2 * 60 * 1000,
  statusTimes: "uk",
  reports: { collect: true, transfer: false, delay: false, authentication: true, poll: false },
};
