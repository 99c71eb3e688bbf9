import type { MailboxId, MessageId, OdsCode } from "./ids.ts";
import type { StatusEvent } from "./status-codes.ts";

/**
 * Everything that happens in Restante and that a person may want to know. The terminal, the log, the metrics and the
 * timeline all read these; nothing else is logged as a business event.
 *
 * An event never carries a patient detail, a subject, a file name, a local id, a password or a token: only
 * organisations, mailboxes, ids, workflows, states, codes and sizes; and, of what was turned away, the network address
 * that it came from.
 */
export type Event =
  | ServerEvent
  | ClientEvent
  | PracticeEvent
  | PageEvent
  | FolderEvent
  | FolderLostEvent
  | JournalEvent
  | ProcessEvent;

/** Hands an event on. Never throws and never waits: a slow reader must not hold up a message. */
export type Emit = (event: Event) => void;

/** Who a message is for: a mailbox, or the registered practice of a patient who is never named here. */
export type Recipient = MailboxId | "GPPROVIDER";

/**
 * A folder that was found may be opened by others on this machine. It keeps its mode, which is its owner's to decide. Of a
 * MESH client (`mailboxId`, and the folder by its name there), of a system (`odsCode`), or else of the MESH server.
 */
export interface FolderEvent {
  event: "folder-open-to-others";
  folder: string;
  mode?: string;
  mailboxId?: MailboxId;
  odsCode?: OdsCode;
}

/**
 * The folder that a part holds was removed, replaced or taken by another process: the part stops. Of a MESH client
 * (`mailboxId`), of a system (`odsCode`), or else of the MESH server.
 */
export interface FolderLostEvent {
  event: "folder-lost";
  code: string;
  reason: string;
  mailboxId?: MailboxId;
  odsCode?: OdsCode;
}

/**
 * Whoever had a database open did not end in order, and its journal (`file`) is gone since: what was written to it last may be
 * lost. Of a MESH client (`mailboxId`), of a system (`odsCode`), or else of the MESH server.
 */
export interface JournalEvent {
  event: "journal-missing";
  file: string;
  mailboxId?: MailboxId;
  odsCode?: OdsCode;
}

/** Of a process that runs one part, whatever it carries. */
export type ProcessEvent =
  | { event: "process-started"; part: "server" | "client" | "practice"; version: string; node?: string }
  /** It was asked to stop, and by what; or, where it failed, it cannot start or go on, and why. */
  | { event: "process-stopping"; reason: string; failed?: true; node?: string }
  /** All that it had open is closed. */
  | { event: "process-stopped" }
  | { event: "settings-reloaded"; added: number; changed: number; removed: number; kept: number }
  /** What the file says now cannot be used, and so nothing of it was: every problem, a line each. */
  | { event: "settings-refused"; reason: string }
  /** What the file says now of these settings is used from the next start on. */
  | { event: "settings-need-restart"; settings: readonly string[] }
  /** So many lines found no room on the disk, nor in memory while they waited for it. */
  | { event: "log-lines-lost"; lines: number };

export type ServerEvent =
  | { event: "server-started"; url: string }
  | { event: "server-stopped" }
  /** It was asked to stop, and goes on serving for so long, while whoever sends clients to it finds out. */
  | { event: "server-leaving"; seconds: number }
  /** In development mode: at an address, or a socket, this server can be told what to do. */
  | { event: "control-started"; url?: string; socket?: string }
  | { event: "server-failed"; reason: string; times?: number; since?: Date }
  | {
      event: "message-accepted";
      messageId: MessageId;
      from: MailboxId;
      to: Recipient;
      workflowId: string;
      bytes: number;
    }
  | { event: "patient-matched"; messageId: MessageId; odsCode: OdsCode; note?: string }
  | { event: "mailbox-matched"; messageId: MessageId; odsCode: OdsCode; mailboxId: MailboxId }
  | { event: "message-placed"; messageId: MessageId; mailboxId: MailboxId }
  | { event: "routing-failed"; messageId: MessageId; code: string; reason: string }
  | { event: "routing-held"; messageId: MessageId; reason: string; retryAt: Date; times?: number; since?: Date }
  /** A mailbox has as much as it may; what was sent to it, or is to be placed in it, must wait. */
  | ({ event: "mailbox-full"; mailboxId: MailboxId; messages: number; bytes: number } & Lasting)
  | ({ event: "mailbox-has-room"; mailboxId: MailboxId; messages: number; bytes: number } & Lasting)
  | { event: "report-placed"; reportId: MessageId; linkedMessageId: MessageId; mailboxId: MailboxId; code: string }
  /** By an operator, though its sender was told that it is undelivered. */
  | { event: "message-put-back"; messageId: MessageId; mailboxId: MailboxId }
  /** An operator gave up a body that is damaged: the chunk that was found first. Its sender has a report. */
  | { event: "message-given-up"; messageId: MessageId; chunk: number; damage: BodyDamage }
  /** When an operator closes it, and at each start while it is closed. */
  | { event: "mailbox-closed"; mailboxId: MailboxId; closedAt: Date }
  | { event: "mailbox-opened"; mailboxId: MailboxId }
  | { event: "message-downloaded"; messageId: MessageId; mailboxId: MailboxId }
  | { event: "message-acknowledged"; messageId: MessageId; mailboxId: MailboxId }
  | { event: "address-looked-up"; odsCode: string; workflowId: string; results: number }
  /** In development mode: an error was asked for, and done. `at` is where (`FaultPoint`), `do` what (`FaultEffect`). */
  | { event: "fault-done"; faultId: string; at: string; do: string; mailboxId?: MailboxId }
  /**
   * The first of its kind (code, mailbox, address) has no `times`; later ones are told at growing intervals, with how
   * many there were since the first.
   */
  | {
      event: "request-refused";
      status: number;
      code: string;
      reason: string;
      mailboxId?: string;
      address?: string;
      /** Of the request that is told: its x-request-id, if a machine made it. */
      requestId?: string;
      times?: number;
      since?: Date;
    }
  /** Connections were cut for the sake of others, or found no place; counted in the same way. */
  | { event: "connections-dropped"; reason: string; address?: string; times?: number; since?: Date }
  | ({ event: "server-troubled"; part: ServerPart; reason: string; messageId?: MessageId } & Lasting)
  | ({ event: "server-trouble-over"; part: ServerPart; messageId?: MessageId } & Lasting)
  | ({ event: "body-damaged"; messageId: MessageId; chunk: number; damage: BodyDamage } & Lasting)
  | ({ event: "body-whole-again"; messageId: MessageId; chunk: number } & Lasting)
  | { event: "bodies-missing"; folder: string; bodies: number }
  | { event: "bodies-quarantined"; folder: string; bodies: number; added: number }
  | { event: "quarantine-emptied"; folder: string; bodies: number }
  | { event: "strange-files"; folder: string; files: number }
  /** Of an S3-compatible store: bodies of no message, and uploads that never ended. So many were left, one for this reason. */
  | { event: "bodies-swept"; place: string; bodies: number; uploads: number; left?: number; reason?: string }
  | ({ event: "clock-doubted"; reason: string; until: "steady" | "agrees"; overdue: number } & Lasting)
  /** `agrees`: with the clock that the nodes of one store share. */
  | ({ event: "clock-trusted"; reason: "steady" | "accepted" | "agrees" } & Lasting)
  /** One of many nodes on one store has started; its id is of this start. */
  | { event: "node-joined"; node: string; nodeId: string }
  /** Of what time brings, one node at a time does each: from now on, or no longer, this one. */
  | { event: "work-taken"; work: NodeWork }
  | { event: "work-left"; work: NodeWork; reason: WorkLeft }
  /** A setting that must be alike on every node is not: of these nodes it is another. */
  | ({ event: "nodes-differ"; setting: string; nodes: readonly string[] } & Lasting)
  | ({ event: "nodes-agree"; setting: string } & Lasting)
  // In development mode alone.
  | { event: "clock-advanced"; ahead: string }
  /** By the admin path of mesh-sandbox, whatever it was before. */
  | { event: "message-state-put"; messageId: MessageId; state: string }
  | { event: "messages-wiped"; messages: number; mailboxId?: MailboxId }
  | { event: "snapshot-saved"; name: string; messages: number }
  | { event: "snapshot-restored"; name: string; messages: number }
  | ({ event: "disk-full"; folder: string } & Lasting)
  | ({ event: "disk-has-room"; folder: string } & Lasting);

/** How often it has happened, and since when: see `LastingTroubles`. */
interface Lasting {
  times: number;
  since: Date;
}

/**
 * What time brings, and one of many nodes at a time does. `tokens`: forgetting those that were used. `bodies`: tidying away what
 * belongs to nobody.
 */
export type NodeWork = "routing" | "expiry" | "tokens" | "bodies";

/** Given to a node that does less; its clock is doubted; it stood still or was cut off; it closes. */
export type WorkLeft = "handed-over" | "cannot-now" | "lapsed" | "closing";

/** What of the MESH server goes on trying. `store`: reading; `commit`: writing; `bodies`: where large bodies lie. */
export type ServerPart = "routing" | "expiry" | "store" | "commit" | "bodies";

/** What is wrong with a stored body, against the size and the digest of the day it came. */
export type BodyDamage = "missing" | "shorter" | "longer" | "altered" | "unreadable";

/** `pair` stands for a pair of files without naming them: the first 8 hex digits of the SHA-256 of the base name. */
export type ClientEvent =
  | { event: "poll-succeeded"; mailboxId: MailboxId; sent: number; received: number }
  | {
      event: "poll-failed";
      mailboxId: MailboxId;
      code: string;
      reason: string;
      /** Of the way to the server: what can be done about it. Trouble with a folder says so in its reason. */
      remedy?: string;
      /** IN, OUT, SENT, FAILED, TEMP or .restante, if it is one of these; else it is the server or the way to it. */
      folder?: string;
      times?: number;
      since?: Date;
    }
  | { event: "poll-recovered"; mailboxId: MailboxId; folder?: string; times: number; since: Date }
  /** A call to the server failed in a way that passes, and is made again in `waitMs`: what it comes to in the end is told by itself. */
  | {
      event: "call-retried";
      mailboxId: MailboxId;
      operation: string;
      attempt: number;
      attempts: number;
      waitMs: number;
      code: string;
      reason: string;
    }
  | { event: "files-passed-over"; mailboxId: MailboxId; folder: "OUT"; files: number; times: number; since: Date }
  | { event: "pair-found"; mailboxId: MailboxId; pair: string; bytes: number }
  | { event: "pair-sent"; mailboxId: MailboxId; pair: string; messageId: MessageId }
  | { event: "pair-failed"; mailboxId: MailboxId; pair: string; code: string; reason: string }
  | { event: "pair-ambiguous"; mailboxId: MailboxId; pair: string; reason: string; times?: number; since?: Date }
  /** A person has decided what becomes of a pair that was held: see mesh-client, held-decision.ts. */
  | { event: "pair-decided"; mailboxId: MailboxId; pair: string; decision: HeldVerdict; by: string }
  /** How much a folder keeps, told once a day; with a retention, what went of it. */
  | {
      event: "folder-kept";
      mailboxId: MailboxId;
      folder: "SENT" | "FAILED";
      files: number;
      bytes: number;
      removed?: number;
      removedBytes?: number;
    }
  /** Nothing is removed from SENT and FAILED by age: the clock may be wrong. */
  | { event: "retention-paused"; mailboxId: MailboxId; reason: string; times: number; since: Date }
  | { event: "retention-resumed"; mailboxId: MailboxId; times: number; since: Date }
  | {
      event: "pair-waiting";
      mailboxId: MailboxId;
      pair: string;
      /** Of an error. */
      code?: string;
      reason: string;
      times?: number;
      since?: Date;
    }
  /** The pair `by` starts before an earlier one to its addressee, of `pairs` such. */
  | { event: "pair-overtaken"; mailboxId: MailboxId; pair: string; by: string; pairs: number; reason: string }
  /** `messageId` is the upload that comes to nothing; the pair is sent as a new message. */
  | { event: "upload-restarted"; mailboxId: MailboxId; pair: string; messageId: MessageId; reason: string }
  /** So many entries of the mailbox's listing cannot be message ids, and are passed over. */
  | { event: "listing-unreadable"; mailboxId: MailboxId; ids: number; times: number; since: Date }
  | { event: "listing-readable"; mailboxId: MailboxId; times: number; since: Date }
  | {
      event: "message-saved";
      mailboxId: MailboxId;
      messageId: MessageId;
      messageType: "DATA" | "REPORT";
      bytes: number;
    }
  | { event: "message-not-decompressed"; mailboxId: MailboxId; messageId: MessageId; bytes: number; reason: string }
  | {
      event: "message-waiting";
      mailboxId: MailboxId;
      messageId: MessageId;
      code: string;
      reason: string;
      times: number;
      since: Date;
    }
  /** It is still being fetched, and one that was listed behind it (`by`) comes to IN before it, having waited for it. */
  | { event: "message-overtaken"; mailboxId: MailboxId; messageId: MessageId; by: MessageId }
  | { event: "message-gone"; mailboxId: MailboxId; messageId: MessageId; times: number; since: Date }
  /** Of a process of several: the client of one mailbox does not start. It is tried again, the others work. */
  | ({ event: "client-not-started"; mailboxId: MailboxId; code: string; reason: string } & Lasting)
  | ({ event: "client-started"; mailboxId: MailboxId } & Partial<Lasting>)
  /** A mailbox's folder was not there when its client was first started. */
  | { event: "folder-made"; mailboxId: MailboxId; folder: string }
  /** A poll waits for something that does not answer, and not for the server: a disk. Since it last got on. */
  | ({ event: "poll-held-up"; mailboxId: MailboxId } & Lasting)
  | ({ event: "poll-goes-on"; mailboxId: MailboxId } & Lasting)
  | { event: "message-cleared"; mailboxId: MailboxId; messageId: MessageId }
  /**
   * A certificate of a client, of an organisation's pages (`odsCode`) or of the server has 60, 30 or 7 days left, or has expired
   * (`daysLeft` 0 or less): of those that matter, the one that ends first, by its common name. Of one mailbox (`mailboxId`), or
   * else of all that have none of their own.
   */
  | ({ event: "certificate-expires"; daysLeft: number } & LastingCertificate)
  /** It was replaced: the one that ends first now has more than 60 days. */
  | ({ event: "certificate-renewed" } & LastingCertificate);

interface LastingCertificate extends Lasting {
  of: CertificateUse;
  mailboxId?: MailboxId;
  odsCode?: OdsCode;
  certificate: string;
  expiresAt: Date;
}

/**
 * The client's own, one that is sent with it as its issuer, or one that the server is trusted by; one of pages; the server's own with
 * its issuers, or one by which it trusts clients.
 */
export type CertificateUse = "client" | "issuer" | "trusted" | "pages" | "server" | "clients";

/** `level` is the kind of acknowledgement: ITK3 infrastructure (did it arrive whole?) or business (is it for us?). */
/**
 * What a person says of a pair that was held: it did not arrive and is sent again, it did arrive, or it is not to be sent again
 * whether it did or not.
 */
export type HeldVerdict = "release" | "arrived" | "discard";

export type AcknowledgementLevel = "infrastructure" | "business";

/** Who is told of tasks elsewhere: the first, second... of its kind in the settings, whose address may be a secret. */
export interface NoticeReceiver {
  odsCode: OdsCode;
  kind: "email" | "webhook";
  place: number;
}

export type PracticeEvent =
  | { event: "report-built"; odsCode: OdsCode; headerId: string; version: number; bytes: number }
  | { event: "report-handed-over"; odsCode: OdsCode; headerId: string; via: "directory" | "api"; messageId?: MessageId }
  /** A report will not be sent; with `answer-lost` it may have arrived, and is held until a person decides. */
  | { event: "report-refused"; odsCode: OdsCode; headerId: string; code: string; reason: string }
  | { event: "message-imported"; odsCode: OdsCode; messageId: MessageId; from: MailboxId; workflowId: string }
  | { event: "message-repeated"; odsCode: OdsCode; messageId: MessageId }
  | { event: "message-set-aside"; odsCode: OdsCode; messageId: MessageId; reason: string }
  /** `refusedFor`: the message was refused, and a person is told of it. */
  | {
      event: "task-raised";
      odsCode: OdsCode;
      messageId: MessageId;
      taskId: number;
      findings: number;
      refusedFor?: "not-acceptable" | "strictness" | "not-taken";
    }
  /**
   * A document is in `folder`, within that of a record system: so many files, and bytes of all of them. Absent: it was found to be
   * there, from before the system ended.
   */
  | { event: "document-saved"; odsCode: OdsCode; taskId: number; folder: string; files?: number; bytes?: number }
  /** Nobody has decided yet whether the patient is theirs: told when the set time has passed, then at growing intervals. */
  | ({ event: "match-waiting"; odsCode: OdsCode; messageId: MessageId; taskId: number } & Lasting)
  /** Nobody who may act has opened a task for action in time; or a task is open past its due date (an ISO date). Each once. */
  | { event: "task-unread"; odsCode: OdsCode; messageId: MessageId; taskId: number; receivedAt: Date }
  | { event: "task-overdue"; odsCode: OdsCode; messageId: MessageId; taskId: number; dueOn: string }
  /** Notices were sent to a receiver, by its place in the settings. Of an email `notices` are those that it counts. */
  | ({ event: "notices-sent"; notices: number } & NoticeReceiver)
  /** None can be sent to it, or this one; they are tried again. */
  | ({ event: "notices-held-up"; code: string; reason: string } & NoticeReceiver & Lasting)
  | ({ event: "notices-resumed" } & NoticeReceiver & Lasting)
  /** They were tried for days: a person decides. Or came while too many waited: those are not kept. */
  | ({ event: "notices-given-up"; notices: number; code: string; reason: string } & NoticeReceiver)
  | ({ event: "notices-not-kept"; notices: number } & NoticeReceiver & Lasting)
  | {
      event: "response-handed-over";
      odsCode: OdsCode;
      requestHeaderId: string;
      level: AcknowledgementLevel;
      code: string;
      to: MailboxId;
      messageId?: MessageId;
    }
  | { event: "response-received"; odsCode: OdsCode; requestHeaderId: string; level: AcknowledgementLevel; code: string }
  | { event: "response-ignored"; odsCode: OdsCode; messageId: MessageId; reason: string }
  /**
   * Without `linkedMessageId` it does not say which message it is about. With a `step` other than SEND it is the MESH
   * client's own report, about what MESH never had.
   */
  | { event: "report-returned"; odsCode: OdsCode; linkedMessageId?: MessageId; step?: StatusEvent; code: string }
  /** It says that it is compressed and cannot be decompressed: refused, or set aside. */
  | { event: "message-damaged"; odsCode: OdsCode; messageId: MessageId; reason: string }
  /**
   * A part of the work cannot be done, or one message or task of it: told at once, then with its count at growing
   * intervals, for as long as it lasts. Absent `messageId`, `headerId` and `taskId`: nothing of it can be done.
   */
  | ({ event: "work-held-up"; code: string; reason: string } & HeldUpWork)
  | ({ event: "work-resumed" } & HeldUpWork)
  /** A message that could not be fetched is no longer there: it has expired, or somebody else has taken it. */
  | {
      event: "message-gone";
      odsCode: OdsCode;
      mailboxId: MailboxId;
      messageId: MessageId;
      times: number;
      since: Date;
    }
  /**
   * How much an organisation's system keeps, told once a day: tasks, the file of its database with what of that is free, and
   * the messages that are files; with a retention, what went since.
   */
  | {
      event: "records-kept";
      odsCode: OdsCode;
      tasks: number;
      databaseBytes: number;
      freeBytes: number;
      files: number;
      fileBytes: number;
      removedTasks?: number;
      removedMessages?: number;
    }
  /** So many were removed by their age: `tasks` whole, and of tasks, whole or not, so many `messages`. */
  | { event: "records-removed"; odsCode: OdsCode; tasks: number; messages: number }
  /** An organisation's system removes nothing by its age, and why. */
  | ({ event: "retention-paused"; odsCode: OdsCode; reason: string } & Lasting)
  | ({ event: "retention-resumed"; odsCode: OdsCode } & Lasting);

/**
 * A system's pages of one kind fail inside: a person is shown only that they do. `route` is their pattern, such as
 * `GET /tasks/:id`, never an address. And where the audit of the pages stands.
 */
export type PageEvent =
  | ({ event: "page-failed"; odsCode: OdsCode; route: string; code: string } & Lasting)
  | ({ event: "page-works-again"; odsCode: OdsCode; route: string } & Lasting)
  /**
   * Whoever asked for a page, or sent a form, from `address`, was turned away; of each address and reason not each time. Neither
   * the page nor what the form said is told.
   */
  | ({ event: "visit-refused"; odsCode: OdsCode; code: VisitFault; address: string } & Lasting)
  /**
   * The seal of the last row of the audit, at the start, each hour and at the end: what is cut off the audit later is found
   * by it, where the log is kept elsewhere.
   */
  | { event: "audit-head"; odsCode: OdsCode; sequence: number; seal: string }
  | { event: "audit-unreadable"; odsCode: OdsCode; code: string }
  /**
   * A token by which a program asks ends at `endsAt`, within 30 days, or has ended so long ago: at the start, and each day. By what
   * name it is known, never the token.
   */
  | { event: "token-ends"; odsCode: OdsCode; name: string; endsAt: Date }
  /** A retention took so many rows away, from the oldest to `upTo`. */
  | { event: "audit-removed"; odsCode: OdsCode; rows: number; upTo: number };

/**
 * It came past the proxy; the proxy does not say that it was asked over HTTPS, or by whom; it asks for a name that is not the
 * pages'. Of a form: another site, or none, had the browser send it; it has not the token of a page that was shown for it. Of a
 * connection: all that there may be are taken. Of a program: its token is none, has ended or was revoked; or a browser had it ask.
 */
export type VisitFault =
  | ("not-the-proxy" | "not-over-https" | "visitor-unnamed" | "other-name")
  | ("form-from-elsewhere" | "form-without-token")
  | ("token-refused" | "asked-by-a-browser")
  | "too-many-at-once";

export interface HeldUpWork {
  odsCode: OdsCode;
  /**
   * `storing`: writing down what a person must be told, or what was taken in by an earlier version. `filing`: saving documents for
   * a record system. `everything`: a pass
   * waits for something that does not answer.
   */
  work: "collecting" | "handing-over" | "matching" | "storing" | "filing" | "everything";
  mailboxId?: MailboxId;
  messageId?: MessageId;
  headerId?: string;
  taskId?: number;
  times: number;
  since: Date;
}
