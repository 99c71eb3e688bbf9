import type { KnownFileType, RefusalRule, RefusedFor } from "@restante/itk3";
import type { AcknowledgementLevel, MailboxId, MessageId } from "@restante/mesh";
import type { ActBy, ActOutcome, Actor } from "./actor.ts";
import type { Assignee, Completion, CompletionReason, TaskWork } from "./task-work.ts";
import type { DocumentView } from "./document-view.ts";
import type { DocumentSaving, FiledVersion, TaskFiling } from "./filing.ts";
import type {
  AwaitedAnswer,
  HandOverState,
  MeshReport,
  ReceivedResponse,
  ReportReceiver,
  ReportRecipient,
  ReportStanding,
  ReportState,
  StrayReason,
  UnusedAnswer,
} from "./sent-report.ts";
import type { Kept } from "./kept.ts";
import type { Listing, MatchList, ReportList, StrayList, TaskList, TaskState } from "./lists.ts";
import type { MatchAnswer, MatchDecision, MatchDoubt, RegisterEntry } from "./matching.ts";
import type { MatchOutcome, TaskFlag, TaskKind } from "./task-facts.ts";
import type { UnreadWorklist } from "./unread.ts";

export type * from "./sent-report.ts";

/**
 * What people see and do: the tasks that received messages raised, and the reports this organisation sent. Everything
 * here is read from the practice's own database at the time of the call, so that a page shows what is stored.
 *
 * Every act is of somebody, on a thing as they saw it (`ActBy`), and is one transaction. Whatever shows a patient's
 * details takes who reads them. What cannot be done rejects with a PracticeError, whose `code` is named here.
 *
 * Of a text that came from outside a list has at most 200 characters, and what is read alone 2,000; then an ellipsis.
 *
 * Holds patient detail (subjects, attachments): for the screen of a signed-in person, never for a log or an event.
 */
export interface Worklist extends DocumentSaving, UnreadWorklist<TaskSummary> {
  tasks(list: TaskList): Promise<Listing<TaskSummary>>;
  /** Whom tasks can be asked for by: the 200 that sent most of them, by name. */
  senders(actor: Actor): Promise<TaskSender[]>;
  task(taskId: number, actor: Actor): Promise<Task | undefined>;
  /** All tasks whose messages have the same NHS number as this one, newest first: at most 200, of at most 2,000 that are looked through. */
  ofPatient(taskId: number, actor: Actor): Promise<Listing<TaskSummary> | undefined>;
  /** Counted from 0, in the order of `Task.attachments`. Throws "document-not-ready". */
  attachment(taskId: number, index: number, actor: Actor): Promise<AttachmentContent | undefined>;
  /**
   * What the document of a task says in its sections and entries. Undefined where there is none, or none of it may be shown.
   * Throws "document-not-ready".
   */
  documentView(taskId: number, actor: Actor): Promise<DocumentView | undefined>;
  /** The message exactly as it was received. */
  original(taskId: number, actor: Actor): Promise<AttachmentContent | undefined>;
  /**
   * A person has dealt with the task, and with what needs attention about it. Completing it again changes nothing.
   * Throws "task-unknown"; "note-missing" (for another reason than those known here), "note-too-long".
   */
  complete(taskId: number, by: ActBy, completion?: Completion): Promise<ActOutcome>;
  /**
   * A task completed by mistake is open again, and so is what was dealt with by completing it. Opening it again changes
   * nothing. Throws "task-unknown".
   */
  reopen(taskId: number, by: ActBy): Promise<ActOutcome>;
  /** Who is to deal with an open task; undefined: nobody yet. Throws "task-unknown", "task-not-open". */
  assign(taskId: number, assignee: Assignee | undefined, by: ActBy): Promise<ActOutcome>;
  /**
   * How soon an open task is to be dealt with; what is absent is so no more. Throws "task-unknown", "task-not-open",
   * "due-day-invalid".
   */
  prioritise(taskId: number, soon: Pick<TaskWork, "priority" | "dueOn">, by: ActBy): Promise<ActOutcome>;
  /** What a person writes for the others, at most 500 characters. Throws "task-unknown", "note-missing", "note-too-long". */
  comment(taskId: number, note: string, by: ActBy): Promise<ActOutcome>;
  /**
   * A person answers a message at business level: once, with a code of `decisions(taskId)`.
   * Throws "task-unknown", "already-decided", "decision-not-allowed".
   */
  decide(taskId: number, code: string, by: ActBy): Promise<ActOutcome>;
  /** The business responses that a person may still give to this task; none once one was given, or where MESH is not asked for one. */
  decisions(taskId: number): Promise<Decision[]>;
  /** The documents whose patient waits for a person to say whether they are ours, each with what the register says now. */
  matches(list: MatchList): Promise<Listing<MatchToDecide>>;
  /** The same of one task, also where its match is settled: a person may say otherwise. Undefined where nobody looked, or not yet. */
  match(taskId: number, actor: Actor): Promise<MatchToDecide | undefined>;
  /**
   * A person says what the patient is to this organisation. Where the match waited for that (`MatchToDecide.answerTo`) it is
   * the one business answer that is sent; else nothing is. Throws "task-unknown"; "match-not-allowed", also where it would
   * send what it was not to, or nothing where it was.
   */
  matchByHand(taskId: number, decision: MatchDecision, by: ActBy): Promise<ActOutcome>;
  reports(list: ReportList): Promise<Listing<SentReport>>;
  /** Whom reports can be asked for by: at most 200, by their keys. */
  receivers(actor: Actor): Promise<ReportReceiver[]>;
  report(headerId: string, actor: Actor): Promise<SentReportDetail | undefined>;
  /** What was sent with a report, counted from 0, in the order of `SentReportDetail.attachments`. Throws "document-not-ready". */
  reportAttachment(headerId: string, index: number, actor: Actor): Promise<AttachmentContent | undefined>;
  /**
   * A person has made sure that a report or response which is `held` (its send was never answered) did not arrive: send
   * it again. `by.version` is the report's, or of a response that of the task which shows it. Throws "not-held".
   */
  sendAgain(headerId: string, by: ActBy): Promise<ActOutcome>;
  /**
   * Takes back what a person has told to be sent, while it waits (`undoableUntil`): the answer of a decision, or of a match by hand, which
   * may then be given anew, or what was held, which is held again. `by.version` as for `sendAgain`. Throws "left-already".
   */
  undo(headerId: string, by: ActBy): Promise<ActOutcome>;
  /** Responses and MESH reports that belong to nothing this organisation sent, or were not believed. */
  strays(list: StrayList): Promise<Listing<Stray>>;
  stray(strayId: number, actor: Actor): Promise<StrayDetail | undefined>;
  /** The unmatched message exactly as it was received; undefined for a MESH report, which has no content. */
  strayOriginal(strayId: number, actor: Actor): Promise<AttachmentContent | undefined>;
  /** A person has opened the page of something new. Where that cannot be stored it stays new, and nothing is thrown. */
  see(matter: MatterKey, by: ActBy): Promise<ActOutcome>;
  /**
   * A person has dealt with what needs attention. `note`: in their words, at most 500 characters.
   * Throws "nothing-to-deal-with" (nothing about it needs attention), "note-too-long".
   */
  dealWith(matter: MatterKey, by: ActBy, note?: string): Promise<ActOutcome>;
  /** It needs attention after all. Throws "not-dealt-with". */
  undoDealtWith(matter: MatterKey, by: ActBy): Promise<ActOutcome>;
  counts(): Promise<WorklistCounts>;
  /** What the system itself cannot do now, and holds letters up. The longest first. */
  troubles(): Promise<SystemTrouble[]>;
  /** What is kept, how large it is, and for how long. */
  kept(): Promise<Kept>;
}

export type MatterKind = "task" | "report" | "stray";

/** What a matter is about. `id`: `taskId`, `sequence` or `strayId`. */
export interface MatterKey {
  kind: MatterKind;
  id: number;
}

/** Something that needs a person's attention, or has had it. See store/matters.ts. */
export interface Matter {
  state: "new" | "seen" | "dealt-with";
  /** In one sentence. */
  reason: string;
  raisedAt: Date;
  dealtWith?: { at: Date; by: Actor; note?: string };
}

/** What a person did, and when. */
export interface PersonAct {
  at: Date;
  by: Actor;
  act:
    | ("completed" | "reopened" | "dealt-with" | "undone" | "answered" | "sent-again" | "matched")
    | ("assigned" | "handed-back" | "prioritised" | "commented" | "taken-back")
    | ("save-asked" | "save-stopped");
  /**
   * What needed attention; the answer that was given; what the patient is, and whether the sender is told; whom it was assigned to,
   * or had been; how soon it is to be dealt with; what the folder is called in which it is saved.
   */
  about?: string;
  note?: string;
  /** Why it was completed. */
  reason?: CompletionReason;
}

export interface SystemTrouble {
  /** What is not done: fetching from a mailbox, handing over to it, looking patients up, storing, saving documents, or anything. */
  part: "collecting" | "handing-over" | "matching" | "storing" | "filing" | "stuck";
  /** The mailbox of ours; absent where it concerns none alone. */
  mailboxId?: MailboxId;
  /** When it last worked; where it never has since the start, when it first failed. */
  since: Date;
  code: string;
  reason: string;
  /** Only some of it is not done: the rest goes on. */
  some?: true;
}

export interface TaskSummary {
  taskId: number;
  /** See `ActBy.version`. */
  version: number;
  kind: TaskKind;
  /** Only where it is `refused`: what refused it, the message itself, the strictness chosen here, or that its kind is not taken here. */
  refusedFor?: RefusedFor;
  /** The code by which its sender was told that it is refused. Absent: they were not, since nobody asked or could be answered. */
  refusedWith?: string;
  /** What was wrong with it, where one code has several reasons. Absent of one refused by what was chosen here, and of older ones. */
  refusalRule?: RefusalRule;
  state: TaskState;
  /** The Subject of the control file or header, as it must be shown (CS-030, OC-014). Empty where the sender gave none. */
  subject: string;
  /** What the document is called, as it says; when it was made, and when the patient was seen. */
  title?: string;
  documentDate?: string;
  consultedAt?: string;
  sender: Sender;
  workflowId: string;
  /** The id MESH gave the message. For a pair whose control file could not be read: the name of the pair. */
  messageId: MessageId | string;
  receivedAt: Date;
  completedAt?: Date;
  /** For Action or For Information; unreadable counts as For Action. Absent for `set-aside`. */
  recipientType?: "FA" | "FI";
  patient: PatientMatch;
  /** What whoever opens it must be told before anything else; absent where there is nothing. */
  notices?: TaskNotice[];
  /** The parts of what is shown of the message whose meaning something unknown may change: one of `notices` says so. */
  modified?: ModifiedPart[];
  /** A confidential document: who sent it is not displayed (CS-030, OC-014), so `sender` has its mailbox alone. */
  confidential?: boolean;
  /** Absent: nobody has set anything of it. */
  work?: TaskWork;
  /** Absent: nobody has asked for its document to be saved. */
  filing?: Pick<TaskFiling, "state" | "inDoubt">;
  /** In the order of `TaskFlag`; empty where there is nothing. */
  flags: TaskFlag[];
  /** Of `findings`, those that are departures: what a person must look at is none, nor what merely cannot be shown. */
  findingCount: number;
  attachmentCount: number;
  /**
   * Something about it went wrong that a person must know, and has not dealt with: a response that could not be delivered,
   * was refused, or does not leave.
   */
  attention?: string;
  /** The same, also after a person has dealt with it. */
  matter?: Matter;
}

/**
 * - `modified`: a person must look. Something that is not known here may change what parts of the message mean, or turn them
 *   into the opposite (FHIR: modifierExtension, implicitRules).
 * - `not-shown`: the message holds what cannot be shown.
 */
export interface TaskNotice {
  kind: "modified" | "not-shown";
  /** A sentence or two for the people of the practice. */
  text: string;
  /** What it is about, in their words and without a value of the message, and how many there are of each. */
  about: { what: string; count: number }[];
}

/**
 * - `patient`: who the patient is.
 * - `sender`: the organisation and the person that the message says it is from.
 * - `document`: its title and date.
 * - `handling`: whether it is for action or for information.
 */
export type ModifiedPart = "patient" | "sender" | "document" | "handling";

export interface TaskSender {
  /** See `TaskFilters.sender`: letters and figures, an ODS code that the messages say, or a mailbox. */
  key: string;
  name: string;
}

export interface Sender {
  /** The mailbox that MESH says sent it. */
  mailboxId?: MailboxId;
  /** What the message itself says: shown, never trusted for an answer. */
  organisation?: { odsCode?: string; name?: string; phone?: string };
  practitioner?: string;
}

/** Whether the patient is one of ours, by the patient's record. */
export interface PatientMatch {
  outcome: MatchOutcome;
  /** Why the record does not settle it, also where it was answered or decided since. */
  doubt?: MatchDoubt;
  /** A person has said what the outcome is, last. */
  byHand?: { at: Date; by: Actor };
  nhsNumber?: string;
  name?: string;
  /** ISO date, possibly partial. */
  dateOfBirth?: string;
}

/** What a person decides by, and what their decision leads to. */
export interface MatchToDecide {
  task: TaskSummary;
  /** When its patient was looked up. */
  since: Date;
  register: RegisterEntry;
  /** What may be decided: all but what holds already; nothing while `answered` can be taken back. */
  verdicts: MatchAnswer[];
  /** Where a decision sends its business answer to; absent: it sends none. */
  answerTo?: MailboxId;
  /**
   * The business answer that was given already: no decision takes it back, or sends another. `undoableUntil`: of a person's match,
   * which is taken back by `Worklist.undo` before anything else is decided.
   */
  answered?: { code: string; text: string; at: Date; undoableUntil?: Date };
}

export interface Task extends TaskSummary {
  /** Why it is `refused` or `set-aside`, in a sentence. */
  reason?: string;
  headerId?: string;
  documentId?: string;
  /** What a retention took away: the message with its documents, and where `at` is there all else that it said. */
  removed?: { messageAt: Date; at?: Date };
  /** Where the message departs from the requirements, and where a person must look. */
  findings: TaskFinding[];
  /** In the order of the document; the report itself has `primary`. */
  attachments: TaskAttachment[];
  /**
   * The answers that this organisation gave, or is about to give; then those to copies that came later, of which
   * something went wrong: at most 50 copies.
   */
  responses: GivenResponse[];
  /** Later arrivals of the same message or document; answered 20007 or 20008 and not raised again. The first 50. */
  duplicates: { messageId: MessageId; receivedAt: Date; code: "20007" | "20008" }[];
  /** The tasks of documents that say the same for the same patient and encounter, with other ids. The first 20 that came. */
  alike: number[];
  /** How the document's saving for a record system stands that was asked for last; and those before, newest first, at most 20. */
  filing?: TaskFiling;
  filedEarlier?: TaskFiling[];
  /** The earlier task that this document replaces, and the later one that replaces it. */
  replaces?: number;
  replacedBy?: number;
  /**
   * All versions of the document that are tasks, this one among them, in the order in which they came; empty where there is
   * no other. At most 50.
   */
  versions: TaskVersion[];
  /** There are more. */
  moreVersions?: true;
  /** Newest first, at most 50. */
  acts: PersonAct[];
}

/** One of the documents that replace each other. */
export interface TaskVersion {
  taskId: number;
  state: TaskState;
  receivedAt: Date;
  /** As the document says, an ISO date. */
  documentDate?: string;
  /** The task of the document that replaced it. */
  replacedBy?: number;
  filed?: FiledVersion;
}

export interface TaskFinding {
  id: string;
  /** `look`: no departure; a person must look. */
  severity: "error" | "warning" | "look";
  location: string;
  text: string;
}

export interface TaskAttachment {
  title: string;
  contentType: string;
  bytes: number;
  /** The report itself: the first document of the Composition. */
  primary: boolean;
  /** Its content did not arrive whole: what opens, if anything, is not what was sent. */
  damaged?: true;
  /** How its content was written had to be repaired to open it; the file is seen to be whole. The original has it as it came. */
  repaired?: true;
  /** Something that is not known here may change what its entry says of it: one of `notices` says so. */
  modified?: true;
  /** What it is by its first bytes, whatever it claims. Absent: not decided yet. */
  fileType?: KnownFileType | "other";
  /** A picture of more than 100 million pixels, as it says: a page that shows it cannot be used. Decided with `fileType`. */
  huge?: true;
}

export interface AttachmentContent {
  title: string;
  /** As it claims. */
  contentType: string;
  bytes: Uint8Array;
  /** What it is by its first bytes, whatever it claims. */
  fileType: KnownFileType | "other";
  /** See `TaskAttachment.huge`. */
  huge?: true;
}

export interface GivenResponse {
  headerId: string;
  /** The message in which it came again, if this answers that one and not the first. */
  copy?: MessageId;
  level: AcknowledgementLevel;
  code: string;
  text: string;
  positive: boolean;
  to: MailboxId;
  state: HandOverState;
  builtAt: Date;
  sentAt?: Date;
  /** A person has told to send it, and may take that back: `Worklist.undo`. It leaves by itself after this. */
  undoableUntil?: Date;
  messageId?: MessageId;
  /** Why it is `held`, `failed`, `returned` or `refused`. */
  problem?: string;
}

export interface Decision {
  code: string;
  text: string;
  positive: boolean;
}

export interface SentReport {
  /** Counts up by one with every report. */
  sequence: number;
  /** See `ActBy.version`. */
  version: number;
  headerId: string;
  documentId: string;
  consultationId: string;
  kind: "consultation-summary" | "online-consultation";
  /** Of the consultation's report, as its sender counts. */
  documentVersion: number;
  subject: string;
  recipient: ReportRecipient;
  workflowId: string;
  state: ReportState;
  builtAt: Date;
  handedOverAt?: Date;
  sentAt?: Date;
  /** A person has told to send it again, and may take that back: `Worklist.undo`. It leaves by itself after this. */
  undoableUntil?: Date;
  /** The way it leaves by. Absent: it has not begun to leave, or never did. */
  via?: "directory" | "api";
  /** As soon as MESH has said it. */
  messageId?: MessageId;
  infrastructure?: ReceivedResponse;
  business?: ReceivedResponse;
  /** The answer that it waits for. Absent: none will come, or none is waited for any more. */
  awaits?: AwaitedAnswer;
  /** Set after the time in which both acknowledgements should have come (SD-045: "the sender system MUST inform an appropriate person"). */
  overdue: boolean;
  /** One sentence for the person who must be told (SD-044, SD-045). Absent: all is well so far, or was dealt with. */
  attention?: string;
  /** The same, also after a person has dealt with it. */
  matter?: Matter;
}

export interface SentReportDetail extends SentReport {
  attachments: TaskAttachment[];
  /** Why it does not leave, is `held` or `failed`. */
  problem?: string;
  /** Answers that name it and were not used, oldest first; the first 50. */
  unused: UnusedAnswer[];
  /** What MESH itself sent back about it, oldest first; the first 50. */
  meshReports: MeshReport[];
  /** Earlier and later versions of the same consultation's report; the first 50. */
  versions: { headerId: string; documentVersion: number; state: ReportState }[];
  /** Newest first, at most 50. */
  acts: PersonAct[];
}

export interface Stray {
  /** Counts up with every one. */
  strayId: number;
  /** See `ActBy.version`. */
  version: number;
  messageId: MessageId | string;
  receivedAt: Date;
  kind: "response" | "mesh-report";
  from?: MailboxId;
  workflowId: string;
  /** Why it was not believed, or what could not be found: in a sentence, and as one of those known. */
  reason: string;
  why: StrayReason;
  code?: string;
  text?: string;
  /** Absent: it has turned out to belong to something after all. */
  matter?: Matter;
}

export interface StrayDetail extends Stray {
  /** The mailbox of ours that it came to. */
  mailboxId: MailboxId;
  /** Its own id, and the message of ours that it says it answers or is about, as far as they could be read. */
  headerId?: string;
  linkedMessageId?: string;
  /** The report, or the task with the answer of ours, that it names all the same. */
  about?: { kind: "report"; headerId: string } | { kind: "task"; taskId: number };
  /** In a MESH report: what MESH was doing. */
  event?: string;
  /** Newest first, at most 50. */
  acts: PersonAct[];
}

export interface WorklistCounts {
  openTasks: number;
  completedTasks: number;
  reports: number;
  reportsBy: Readonly<Record<ReportStanding, number>>;
  /** Reports, tasks and strays with something that a person must be told. */
  attention: number;
  /** The same by what they are. */
  attentionBy: Readonly<Record<MatterKind, number>>;
  strays: number;
  /** Matches that wait for a person. Absent: there are none, and will be none by the settings. */
  matches?: number;
  /** What `unread()` and `heldNotices()` have. Absent: there is none, and will be none by the settings. */
  unread?: number;
}
