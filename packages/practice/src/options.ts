import type { Demographics } from "@restante/demographics";
import type { DocumentUseCase, Strictness } from "@restante/itk3";
import type { Clock, Emit, MailboxId, OdsCode } from "@restante/mesh";
import type { MeshClient } from "@restante/mesh-client";
import type { Consultation } from "./consultation/consultation.ts";
import type { RetentionDays } from "./kept.ts";
import type { NoticeOptions, UnreadOptions } from "./unread.ts";
import type { Worklist } from "./worklist.ts";

export interface PracticeOptions {
  organisation: PracticeOrganisation;
  /** A practice keeps a register of patients; a pharmacy does not. */
  role: "practice" | "pharmacy";
  businessResponse: BusinessResponse;
  /** Where the practice's database lives. Made if absent. One running practice a folder: the caller holds the lock. */
  dataFolder: string;
  /**
   * The mailboxes, each with the way it is worked; at least one. An answer leaves by the mailbox that its request came
   * in by. A report for the registered practice leaves by the first directory, or else by the first mailbox; one for an
   * organisation by the first that is worked by API, because only the API has the address lookup.
   */
  transports: readonly Transport[];
  /** Who is registered here: read for every document received, unless business responses are decided by a person. */
  patients: Demographics;
  /** The organisations whose names are known here, for people to read: nothing is sent by it. */
  organisations?: readonly KnownOrganisation[];
  /** Of GP Connect Messaging, for what is sent. Absent: 1. Both are read. */
  generation?: 1 | 2;
  /**
   * Which documents are refused: those that no person could be given (`deliver`), or whatever breaks a requirement that must
   * be met (`refuse`). Holds for what is read from now on. Absent: `deliver`.
   */
  strictness?: Strictness;
  /**
   * Seconds for which what a person sends, an answer or what was held once more, waits for them to take it back: 0 to 600.
   * What has begun to leave cannot be taken back. Absent: 30.
   */
  undoSeconds?: number;
  /**
   * The kinds of document that are not taken: refused with 20010, and kept for a person to see. Holds for what is read from
   * now on. Absent: every kind is taken.
   */
  doesNotTake?: readonly DocumentUseCase[];
  /**
   * Where people may have documents saved for a record system to take: each as a folder of its own within `folder`, which is there
   * and is no other's of ours. Absent: nothing is saved.
   */
  filing?: { folder: string };
  /** When people are told that nobody has opened a task for action, or that a task is past its due date. Absent: they are not. */
  unread?: UnreadOptions;
  /** Who is told elsewhere, of that and of new tasks. Absent: nobody. */
  notices?: NoticeOptions;
  /** Absent: nothing is removed. */
  retention?: RetentionDays;
  /** Absent: 5 minutes, the most often that MESH allows where nothing is waiting. */
  pollIntervalMs?: number;
  clock?: Clock;
  emit?: Emit;
  tuning?: Partial<Tuning>;
}

export interface PracticeOrganisation {
  odsCode: OdsCode;
  name: string;
  phone: string;
  address?: { lines: string[]; postcode?: string };
  email?: string;
}

export interface KnownOrganisation {
  odsCode: OdsCode;
  name: string;
  mailboxIds: readonly MailboxId[];
}

/**
 * The business response (is this for us?), one of two, never both:
 * - `onMatch`: by looking for the patient in the register; 30001 to 30004. What the register does not settle (`MatchDoubt`)
 *   is answered at once by the register alone, which is the default; or, with `queue`, when a person decides. `tellAfterHours`: after how many
 *   hours it is told that nobody has; 24 if absent.
 * - `onDecision`: when a person decides, one of 30005 to 30018; `automatic` decides by itself.
 */
export type BusinessResponse =
  | { kind: "onMatch"; doubtful?: "answer" | "queue"; tellAfterHours?: number }
  | { kind: "onDecision"; automatic?: "30016" };

export type Transport =
  /** `folder` is the mailbox's own folder, holding IN, OUT, SENT and FAILED. */
  | { kind: "directory"; mailboxId: MailboxId; folder: string }
  /** The mailbox is the client's. */
  | { kind: "api"; client: MeshClient };

export interface Tuning {
  /** Received messages taken in one cycle, and messages handed over in one. 50. */
  batchSize: number;
  /** How often a message that cannot be taken in is tried, once a cycle, before it is set aside. 5. */
  importAttempts: number;
  /** The longest message that is read. Longer ones are kept as a file and set aside. 100 MB. */
  maxMessageBytes: number;
  /** How long after a report was built its infrastructure acknowledgement is overdue. 24 hours. ITK3 sets no time. */
  infrastructureOverdueMs: number;
  /** How long after the infrastructure acknowledgement the business acknowledgement is overdue. 5 days. */
  businessOverdueMs: number;
  /** The wait before the second try of a hand-over; doubled each time, up to an hour. 5 seconds. */
  retryAfterMs: number;
  /** The workflows that carry ITK3 messages: a message on another one is never answered unless it reads as ITK3. */
  itk3Workflows: readonly string[];
}

export interface Practice extends AsyncDisposable {
  readonly worklist: Worklist;
  /** Starts polling, at once and then every `pollIntervalMs`, sooner while more is waiting. Ends with disposal. */
  start(): void;
  /** One pass: take in, check, answer, hand over. Two at a time never run: the second waits for the first. */
  cycle(signal?: AbortSignal): Promise<void>;
  /**
   * Stores the report of a consultation; when this resolves it is on disk and will be sent by the next cycle, which
   * starts at once where polling is on. Stored as one transaction, so that nothing is half sent after a crash.
   *
   * Goes to the organisation `to`, else to the provider that the consultation names, else to the patient's registered
   * practice.
   *
   * Throws PracticeError "registered-here" (the patient is registered with this organisation: there is nobody to
   * tell), "confidential-not-sent" (generation 2 does not send confidential ones), "address-lookup-needs-api",
   * "no-earlier-version" (a later version replaces what was sent before it, and nothing was).
   */
  sendConsultation(consultation: Consultation, options?: SendOptions): Promise<{ headerId: string }>;
}

export interface SendOptions {
  to?: { odsCode: OdsCode };
  signal?: AbortSignal;
}
