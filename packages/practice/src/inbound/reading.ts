import {
  check,
  type CheckResult,
  type DocumentUseCase,
  documentUseCases,
  type Finding,
  isResponse,
  type Itk3Message,
  likenessOf,
  type MessageHandling,
  modifiersOf,
  type Negative,
  readMessage,
  type ReadResult,
  readResponse,
  type ResponseContent,
  type Strictness,
} from "@restante/itk3";
import { isAckWorkflow } from "@restante/mesh";
import { documentViewOf } from "../document-view/view.ts";
import { type PlacedAttachments, placeAttachments } from "../store/attachments.ts";
import type { MessageSummary } from "../store/tasks.ts";
import { noticed } from "./notices.ts";
import { attachmentsOf, idsOf, replacedBy, summarise } from "./summary.ts";

/** What is to be read, and what MESH says of it. */
export interface ToRead {
  content: Uint8Array;
  /** Why `content` is not what was sent: it cannot be read, whatever it looks like. */
  damage?: string | undefined;
  from?: string | undefined;
  localId?: string | undefined;
  workflowId: string;
  subject: string;
  /** Only for who is to judge it: `deliver` unless given. */
  strictness?: Strictness | undefined;
  /** The same: none unless given. */
  doesNotTake?: readonly DocumentUseCase[] | undefined;
}

/**
 * All that is ever decided by reading a message: nothing that is stored, shown or answered parses it again. Plain data,
 * because a long message is read in another thread.
 */
export interface Reading {
  headerId: string | undefined;
  handling: MessageHandling;
  /** It must never be answered. */
  isResponse: boolean;
  /** In a response that can be read as one. */
  response?: ResponseContent | undefined;
  /** Only where it is no response. */
  document?: ReadDocument;
}

export interface ReadDocument extends PlacedAttachments {
  /** False: there was no message to be read. */
  isMessage: boolean;
  documentId: string | undefined;
  acceptable: boolean;
  negative: Negative | undefined;
  findings: Pick<Finding, "id" | "severity" | "location" | "text">[];
  summary: MessageSummary;
  ids: string[];
  /** What it says that it replaces, acceptable or not. */
  replaces: string[];
  /** Of an acceptable document: see likenessOf of itk3. */
  likeness?: string | undefined;
  /** Of which kind it is, and what its sender calls all its versions together. */
  kind?: DocumentUseCase | undefined;
  setId?: string | undefined;
  /** What it says in its sections and entries: a DocumentView as JSON. Absent where none of it may be shown. */
  view?: string;
}

const nothingAsked: MessageHandling = {
  busAckRequested: undefined,
  infAckRequested: undefined,
  recipientType: undefined,
  messageDefinition: undefined,
  senderReference: undefined,
  localExtension: undefined,
};

/** Reads a message and judges it. Never throws, whatever the bytes. */
export function readArrived(toRead: ToRead): Reading {
  const read = readWhole(toRead);
  const { message, remains } = read;
  const common = {
    headerId: message?.headerId ?? remains?.headerId,
    handling: message?.handling ?? remains?.handling ?? nothingAsked,
  };
  if (isResponse(read) || isAckWorkflow(toRead.workflowId)) {
    return { ...common, isResponse: true, response: message && readResponse(message) };
  }
  // Without To: the address that the sender wrote is not delivered, MESH puts the mailbox in its place.
  const { from, workflowId, subject, localId, strictness, doesNotTake } = toRead;
  const result = check(read, {
    envelope: { from, workflowId, subject, localId },
    ...(strictness && { strictness }),
    ...(doesNotTake && { doesNotTake }),
  });
  const { acceptable, findings, negative } = result;
  const { summary, ...said } = message === undefined ? nothingSaid : saidIn(message, result, toRead.content);
  return {
    ...common,
    isResponse: false,
    document: {
      isMessage: message !== undefined,
      documentId: message?.document?.id,
      acceptable,
      negative,
      findings: findings.map(({ id, severity, location, text }) => ({ id, severity, location, text })),
      summary: { ...summary, ...(negative?.rule && { refusalRule: negative.rule }) },
      ...said,
    },
  };
}

const nothingSaid = { summary: {}, ids: [], replaces: [], attachments: [], contents: [] };

type Said = Pick<ReadDocument, "summary" | "ids" | "replaces" | "likeness" | "kind" | "setId" | "view"> &
  PlacedAttachments;

function saidIn(message: Itk3Message, { acceptable, negative, heldAgainst }: CheckResult, content: Uint8Array): Said {
  const modifiers = modifiersOf(message.bundle, message.issues);
  // Nothing is made of what its strictness refused (GPCM-SD-041): no document is laid out.
  const isShown = negative?.because !== "strictness";
  const laidOut = isShown ? attachmentsOf(message, modifiers) : [];
  const view = isShown ? documentViewOf(message, modifiers) : undefined;
  return {
    summary: { ...summarise(message), ...noticed(message, modifiers) },
    ids: acceptable ? idsOf(message) : [],
    replaces: replacedBy(message, modifiers),
    ...(acceptable && { likeness: likenessOf(message) }),
    kind: documentUseCases.find((kind) => kind === heldAgainst?.useCase),
    setId: message.composition?.identifier?.value,
    ...(view && { view: JSON.stringify(view) }),
    ...placeAttachments(content, laidOut),
  };
}

function readWhole({ content, damage }: ToRead): ReadResult {
  const read = readMessage(content);
  if (damage === undefined) return read;
  // Refused all the same, by its own id and as it asks for where that much can be read.
  const { headerId, handling } = read.message ?? read.remains ?? { headerId: undefined, handling: nothingAsked };
  const issue = { severity: "error", code: "not-well-formed", location: "", text: damage } as const;
  return { message: undefined, issues: [issue], remains: { headerId, handling, isResponse: isResponse(read) } };
}
