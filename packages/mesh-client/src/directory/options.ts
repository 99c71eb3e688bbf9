import type { LeaseTimes } from "@restante/durable";
import type { Clock, Emit } from "@restante/mesh";
import type { MeshClient } from "../mesh-client.ts";
import type { Workers } from "../workers.ts";
import type { ReportSettings } from "./context.ts";
import type { PollResult } from "./poll.ts";
import type { Kept, RetentionDays } from "./retention.ts";
import type { StatusTimes } from "./status-times.ts";

export interface DirectoryClientOptions {
  /** Stays the caller's: it is not closed here. */
  readonly client: MeshClient;
  /** `<data home>/<MAILBOX>`; IN, OUT, SENT, FAILED and TEMP are made in it where absent. */
  readonly folder: string;
  /**
   * The group, by its number or its name in /etc/group, of another user who reads IN and writes OUT: those two are opened
   * to it, and the mailbox's folder for passing; nothing else is. If absent, all that is made is for its owner alone.
   */
  readonly group?: number | string | undefined;
  /** From the end of a poll to the beginning of the next. 5 min if absent: MESH asks for no more often than that. */
  readonly pollIntervalMs?: number | undefined;
  /**
   * By up to how much of the interval, at random, a poll comes later, so that clients that were started together do not go on
   * asking together. 10 if absent.
   */
  readonly pollJitterPercent?: number | undefined;
  /** How long a file must be unchanged before it is read. 1 s if absent. */
  readonly settleMs?: number | undefined;
  /**
   * How long half a pair waits for the other half before it fails: for a `.dat` 10 min, for a `.ctl` 24 h if absent. A
   * number is for both.
   */
  readonly missingPairAfterMs?: number | { readonly data?: number; readonly control?: number } | undefined;
  /** How long after a send without an answer "no such message" is believed. 60 s if absent. */
  readonly answerWaitMs?: number | undefined;
  /** How many sends without an answer make a failed pair. 20 if absent. */
  readonly attempts?: number | undefined;
  /** How long pairs wait for an earlier one to the same addressee that is being retried. 10 min if absent. */
  readonly waitForEarlierMs?: number | undefined;
  /** What to do with a pair of which nobody can tell whether it was sent. `hold` if absent. */
  readonly onAmbiguous?: "hold" | "resend" | undefined;
  /** The most that is sent in one request, after compression. 75 MB if absent, as in the NHS client. */
  readonly maxRequestBytes?: number | undefined;
  /** How much of the data, before compression, is in each chunk of a larger message. 20 MB if absent, likewise. */
  readonly chunkBytes?: number | undefined;
  /**
   * `two-chunk`: pairs with AllowChunking=Y are sent in two chunks at least, so that no doubt can arise whether they
   * were. Only for recipients who can read chunks: the MESH UI and old clients cannot. `single` if absent.
   */
  readonly commit?: "single" | "two-chunk" | undefined;
  /** The most that a received message may be decompressed to. 20 GB if absent, the NHS client's largest message. */
  readonly maxMessageBytes?: number | undefined;
  /**
   * Whether the recipient is told what the `.dat` was called, as the NHS client tells it. Without it nobody is told, as for
   * files that are named after patients; a doubt then has one thing less to be settled by. True if absent.
   */
  readonly sendFileName?: boolean | undefined;
  /** How long a received message waits for one before it that is still being fetched. 2 min if absent. */
  readonly orderWaitMs?: number | undefined;
  /**
   * In which time status records are dated, in SENT, FAILED, IN and reports: as clocks in the UK show it, which is how the
   * NHS client writes them, or in UTC. `uk` if absent.
   */
  readonly statusTimes?: StatusTimes | undefined;
  /** After how many days pairs are removed from SENT and FAILED. Those of a folder that is not named are kept for good. */
  readonly retention?: RetentionDays | undefined;
  /** It is opened to decide about held pairs, and will not poll: what the last client said of itself (`readStatus`) stays. */
  readonly onlyDecides?: boolean | undefined;
  /** Which reports appear in IN. As in the NHS client if absent: `collect`, and those of failures. */
  readonly reports?: Partial<ReportSettings> | undefined;
  /** Whether sent pairs are kept in SENT. Else they are removed from OUT once they are sent. True if absent. */
  readonly keepSent?: boolean | undefined;
  /** How much is done at once, shared with the other directory clients of this process. One of its own if absent. */
  readonly workers?: Workers | undefined;
  /**
   * What is not well with the process as a whole, in words, for its status (`readStatus`): asked whenever that is written, at the
   * latest once a minute, and at once by `tellStatus`. Must not throw.
   */
  readonly ofProcess?: (() => readonly string[]) | undefined;
  /** Is told of each poll, and of each look at OUT between polls. */
  readonly observer?: PollObserver | undefined;
  /**
   * A person has made sure that no client on another machine uses the folder: it is taken at once. Else it is from a machine that
   * is gone when that has said nothing for 5 minutes, which takes half a minute more. What another process of this machine has is
   * never taken.
   */
  readonly takeOver?: boolean | undefined;
  /** How often the folder's lease is renewed, and when it is taken: see durable, lease.ts. For tests. */
  readonly lockTimes?: Partial<LeaseTimes> | undefined;
  readonly clock?: Clock | undefined;
  readonly emit?: Emit | undefined;
  /** The mailbox's folder was removed, replaced, or taken by another client: this one has stopped, and does not start again. */
  readonly onLost?: ((error: Error) => void) | undefined;
}

/** Follows polls, and looks at OUT between them, as they turn: for a watchdog, or to count. Must not throw. */
export interface PollObserver {
  readonly begins: () => void;
  /** Also of one that failed or was given up: its `error` says so. Undefined: a look at OUT found out nothing. */
  readonly ended: (result: PollResult | undefined) => void;
  /** SENT and FAILED were measured: some minutes after a start, once a day, and whenever more is removed. */
  readonly measured?: (kept: Kept) => void;
}
