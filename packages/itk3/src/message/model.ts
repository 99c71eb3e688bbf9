import type { Issue } from "../issue.ts";
import type {
  Bundle,
  Composition,
  Encounter,
  MessageHeader,
  Organization,
  Patient,
  Practitioner,
} from "../stu3/types.ts";

/** An ITK3 message that could be read, and the parts that a receiver asks for first. Any of them may be missing. */
export interface Itk3Message {
  bundle: Bundle;
  header: MessageHeader;
  /** MessageHeader.id: what a response must name. */
  headerId: string | undefined;
  /** MessageHeader.event.code: `ITK007C`, `ITK008M`, ... */
  event: string | undefined;
  /** MessageHeader.source.endpoint: the mailbox that the message says it comes from. */
  sourceMailbox: string | undefined;
  handling: MessageHandling;
  /** What MessageHeader.sender refers to. */
  sender: Organization | Practitioner | undefined;
  /** The payload that MessageHeader.focus refers to. */
  document: Bundle | undefined;
  composition: Composition | undefined;
  /** Composition.subject. */
  patient: Patient | undefined;
  /** Composition.encounter: when the patient was seen, among else; Composition.date is when the message was made. */
  encounter: Encounter | undefined;
  /** Composition.custodian: the organisation that sends the document. */
  custodian: Organization | undefined;
  /** In the order of Composition.section. */
  attachments: readonly Attachment[];
  /** What reading noticed: also among the findings of the check. */
  issues: readonly Issue[];
}

/** Extension-ITK-MessageHandling-2; each field undefined where it is missing or unreadable. */
export interface MessageHandling {
  busAckRequested: boolean | undefined;
  infAckRequested: boolean | undefined;
  recipientType: "FA" | "FI" | undefined;
  messageDefinition: string | undefined;
  senderReference: string | undefined;
  localExtension: string | undefined;
}

export interface Attachment {
  /** Id of the resource that holds it. */
  id: string | undefined;
  title: string | undefined;
  contentType: string;
  /** Decodes afresh each time. */
  readonly bytes: () => Uint8Array;
  /** False where the content is empty, or no base64 and not repaired: `bytes` is then not what was sent. */
  readonly intact: boolean;
  /**
   * True where the content is base64 without its padding, or as a `data:` address, and its file is seen to be whole: a PDF, PNG
   * or JPEG that ends as one does, and agrees with the size and hash that are given of it. `bytes` is the file; the bundle
   * holds the content as it came.
   */
  readonly repaired: boolean;
  /** True for the first (GPCM-SD-032). */
  primary: boolean;
  /** What says that it is there, and what it is: the section, and the resources that lead to it or hold it. */
  readonly sources: readonly object[];
}

/** What is left of a message that could not be read: enough to answer it, or to see that it must not be answered. */
export interface Remains {
  headerId: string | undefined;
  /** As far as the header was read, it is an ITK3 Response, which is never answered. */
  isResponse: boolean;
  handling: MessageHandling;
}

export interface ReadResult {
  /** Undefined where the message could not be read; the issues say why, the last of them being the reason. */
  message: Itk3Message | undefined;
  issues: Issue[];
  /** Only where there is no message. */
  remains?: Remains;
}
