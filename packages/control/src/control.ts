// What control can do: the one interface that the server implements, the HTTP client speaks, the command line, the scenarios,
// the page and testkit offer. Each verb takes one object and answers one, so that it is the same in all of these:
// `messages.wait` is POST /v1/messages/wait, `restante control messages wait`, the step `messages.wait:` of a scenario and
// `server.messages.wait(...)` in a test.
//
// Durations are texts such as `250ms`, `90s`, `15m`, `2h`, `5d` or `1d12h`; times are ISO 8601 with `Z`.

/** `250ms`, `90s`, `15m`, `2h`, `5d`, and these in a row: `1d12h`. Where it may be negative, a `-` before it. */
export type Duration = string;

export interface Control {
  readonly messages: ControlMessages;
  readonly mailboxes: ControlMailboxes;
  readonly faults: ControlFaults;
  readonly clock: ControlClock;
  readonly demographics: ControlDemographics;
  readonly snapshots: ControlSnapshots;
  /**
   * Empties the server, or one mailbox, of messages and used tokens. All else stays as it is; with `keep: "nothing"` closed
   * mailboxes are open again (of one mailbox: it alone, and nothing else) and no fault stands, no patient is moved and the
   * clock is right. Snapshots stay in any case.
   */
  reset(input?: { keep?: "mailboxes-and-faults" | "nothing"; mailbox?: string }): Promise<ResetDone>;
  /**
   * What happens from the answer on, until the signal; the server's own events, without patient details. What is done once it
   * has answered is among them.
   */
  events(
    input?: { names?: readonly string[] },
    options?: { signal?: AbortSignal },
  ): Promise<AsyncIterable<ControlEvent>>;
}

export interface ControlMessages {
  /** Newest first. */
  list(input?: MessageFilter & { limit?: number; before?: string }): Promise<MessagePage>;
  /** One message with all its headers and its body. Of `messageId: "latest"` it is the newest that fits the filter. */
  peek(input: { messageId: string; filter?: MessageFilter; bytes?: number }): Promise<WholeMessage>;
  /** Puts a message into a mailbox as if `from` had sent it: nobody's token is used, no workflow is asked about. */
  inject(input: Injection): Promise<{ messageId: string }>;
  /** Puts a report into a mailbox, of any code. */
  report(input: InjectedReport): Promise<{ messageId: string }>;
  /**
   * Answers once `count` messages (1 if absent) fit, those that are there already too, unless `after` or `since` is given.
   * @throws {ControlError} `not-in-time`: how many came, and what came instead
   */
  wait(input: WaitInput, options?: { signal?: AbortSignal }): Promise<{ messages: readonly MessageSummary[] }>;
  /**
   * Answers when `within` is over and fewer than `count` messages (1 if absent) that fit were accepted since the call or, where
   * they are given, later than `after` and `since`.
   * @throws {ControlError} `not-expected`, at once: what came
   */
  expectNone(input: WaitInput, options?: { signal?: AbortSignal }): Promise<{ waitedMs: number }>;
  /** As an operator: an undelivered message is listed again. */
  putBack(input: { messageId: string }): Promise<{ messageId: string; collectBy: string }>;
}

/**
 * Every one that is given must fit. A text fits if it is equal; with `*` at its end, if it begins so. Ids of mailboxes and
 * messages, and codes, fit in any case.
 */
export interface MessageFilter {
  /** The mailbox it is in, or is to be delivered to. */
  mailbox?: string;
  /** The mailbox that sent it. Reports have none. */
  from?: string;
  workflowId?: string;
  type?: "DATA" | "REPORT";
  state?: MessageState;
  localId?: string;
  subject?: string;
  fileName?: string;
  /** Of a report: the message it is about. */
  linkedMessageId?: string;
  /** Of a report: its code, such as `14` or `EPL-151`. */
  code?: string;
  /** What its body holds, as UTF-8 text; bodies of up to 10 MB are looked into. */
  containing?: string;
}

export interface WaitInput extends MessageFilter {
  count?: number;
  /** Default `10s`, at most `10m`. */
  within?: Duration;
  /** Only what was accepted after this message was. */
  after?: string;
  /** Only what was accepted at this time of the server's clock (`clock.read`) or later. */
  since?: string;
}

export type MessageState =
  | "uploading"
  | "routing"
  | "accepted"
  | "acknowledged"
  | "undelivered"
  | "failed"
  | "damaged"
  | "abandoned";

export interface MessageSummary {
  readonly messageId: string;
  readonly type: "DATA" | "REPORT";
  readonly state: MessageState;
  /** Absent of a report. */
  readonly from?: string;
  /** The mailbox it is in or is to be delivered to; absent while it is routed, and where routing failed. */
  readonly mailbox?: string;
  readonly workflowId: string;
  readonly localId?: string;
  readonly subject?: string;
  readonly fileName?: string;
  readonly linkedMessageId?: string;
  /** Why it failed or, of a report, why the other one did. */
  readonly status?: { readonly event: string; readonly code: string; readonly description: string };
  readonly bytes: number;
  readonly chunks: number;
  readonly createdAt: string;
  readonly acceptedAt?: string;
  readonly changedAt: string;
  /** When time alone moves it on. */
  readonly dueAt?: string;
}

export interface MessagePage {
  readonly messages: readonly MessageSummary[];
  /** For `before`, where there are more. */
  readonly next?: string;
}

export interface WholeMessage extends MessageSummary {
  /** As a download answers them, in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Base64, of as many bytes as were asked for (at most, and if absent, 10 MB). */
  readonly body: string;
  /** The body as text, where it is UTF-8. */
  readonly text?: string;
  readonly isWhole: boolean;
}

export interface Injection {
  mailbox: string;
  /** Default: the mailbox itself. */
  from?: string;
  workflowId: string;
  /** One of `body` (base64) and `text`. */
  body?: string;
  text?: string;
  subject?: string;
  localId?: string;
  fileName?: string;
  partnerId?: string;
  checksum?: string;
  contentType?: string;
  contentEncoding?: "gzip";
  encrypted?: string;
  compressed?: string;
}

export interface InjectedReport {
  mailbox: string;
  workflowId: string;
  code: string;
  description: string;
  event?: string;
  subject?: string;
  localId?: string;
  fileName?: string;
  linkedMessageId?: string;
}

export interface ControlMailboxes {
  list(): Promise<{ mailboxes: readonly MailboxSummary[] }>;
  /** As an operator: it takes nothing more in. */
  close(input: { mailbox: string; reason: string }): Promise<MailboxSummary>;
  open(input: { mailbox: string }): Promise<MailboxSummary>;
}

export interface MailboxSummary {
  readonly mailbox: string;
  readonly name: string;
  readonly odsCode: string;
  readonly waiting: { readonly messages: number; readonly bytes: number };
  readonly closed?: { readonly at: string; readonly reason: string };
}

export interface ControlFaults {
  list(): Promise<{ faults: readonly StandingFault[] }>;
  /** From now on, until it is used up or cleared. Of several that fit a request each does its own; two of a kind: the older. */
  add(fault: Fault): Promise<StandingFault>;
  /** As `add`, for one request unless `times` says more. */
  next(fault: Fault): Promise<StandingFault>;
  /** One, or all; what hangs because of it is let go (its connection is closed). */
  clear(input?: { faultId?: string }): Promise<{ cleared: number }>;
}

/**
 * Where a request can go wrong. `chunk`: a later chunk's upload; `download`: also that of a later chunk. `any`: each of these
 * but demographics.
 */
export type FaultPoint =
  | "handshake"
  | "send"
  | "chunk"
  | "list"
  | "download"
  | "acknowledge"
  | "track"
  | "lookup"
  | "demographics"
  | "any";

export interface FaultScope {
  at: FaultPoint;
  /** Of this mailbox only. A lookup has none, nor demographics. */
  mailbox?: string;
  /** The next so many requests; absent: until it is cleared. */
  times?: number;
  /** Of each request that fits, 0 to 1; drawn from `seed` (default 1), so that a run can be had again. */
  probability?: number;
  seed?: number;
}

export type Fault = FaultScope & FaultEffect;

export type FaultEffect =
  /** Answers so before anything is done. `body`: the text instead of the API's error. */
  | { do: "status"; status: number; body?: string; retryAfter?: number }
  /** Waits before anything is done: `for`, or drawn between it and `to`. At demographics too. */
  | { do: "delay"; for: Duration; to?: Duration }
  /** Cuts the connection before anything is done. */
  | { do: "reset" }
  /** Never answers; nothing is done. */
  | { do: "hang" }
  /** Does it, on disk, and cuts the connection instead of answering. */
  | { do: "lose-answer" }
  /** Cuts the connection after so many bytes of the body (default: half). */
  | { do: "truncate"; bytes?: number }
  /** Sends the body at so many bytes a second. */
  | { do: "dribble"; bytesPerSecond: number }
  /** At send: accepted as two messages. At list: each id twice. At acknowledge: answered, without effect, so it comes again. */
  | { do: "deliver-twice" }
  /** Header names in mixed case, as live MESH has them. */
  | { do: "mixed-case" }
  | { do: "content-type"; contentType: string }
  /** Tokens are held against a clock that is wrong by so much, either way. */
  | { do: "token-clock"; by: Duration }
  /** The server's certificate has expired (HTTPS only, new connections; at `any`, for `times` connections). */
  | { do: "expire-certificate" }
  /** Demographics only: they do not answer. */
  | { do: "down" };

export type StandingFault = Fault & {
  readonly faultId: string;
  /** How often it was done. */
  readonly done: number;
};

/** The clock of expiry, deletion, retries and routing. Tokens, certificates and replay follow the real one. */
export interface ControlClock {
  read(): Promise<ClockReading>;
  /** Moves it on, and answers when everything that fell due by it was done. */
  advance(input: { by: Duration }): Promise<ClockReading>;
}

export interface ClockReading {
  readonly now: string;
  /** How far it is before the real one. */
  readonly ahead: Duration;
}

export interface ControlDemographics {
  /** Which patients were moved. Whether demographics answer is a matter of faults at `demographics`. */
  read(): Promise<{ moved: readonly PatientMove[] }>;
  /** The patient is registered at this practice from now on; without one: at none. */
  move(input: PatientMove): Promise<PatientMove>;
}

export interface PatientMove {
  nhsNumber: string;
  odsCode?: string;
}

/**
 * All that changes in a server: messages with their bodies, which mailboxes are closed, faults, the clock, moved patients.
 * Used tokens stay used.
 */
export interface ControlSnapshots {
  list(): Promise<{ snapshots: readonly Snapshot[] }>;
  /** In the data folder, under a name of letters, digits, `-` and `_`; one of that name is replaced. */
  save(input: { name: string }): Promise<Snapshot>;
  restore(input: { name: string }): Promise<Snapshot>;
  remove(input: { name: string }): Promise<{ name: string }>;
}

export interface Snapshot {
  readonly name: string;
  readonly savedAt: string;
  readonly messages: number;
}

export interface ResetDone {
  readonly messages: number;
}

export type ControlEvent = { readonly event: string; readonly at: string } & Readonly<Record<string, unknown>>;
