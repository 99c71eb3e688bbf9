import { MeshError } from "./mesh-error.ts";

/** What a `.ctl` file says of the `.dat` beside it, or a report says of a message. Text is as in the file, trimmed. */
export interface ControlFile {
  readonly version: string;
  readonly addressType: AddressType;
  readonly messageType: "Data" | "Report";
  readonly workflowId?: string | undefined;
  /** From_DTS: a mailbox id. */
  readonly from?: string | undefined;
  /** To_DTS: a mailbox id or a routing address, which names a patient. */
  readonly to?: string | undefined;
  readonly fromSmtp?: string | undefined;
  readonly toSmtp?: string | undefined;
  /** May name a patient. */
  readonly subject?: string | undefined;
  /** Given by the sender; may name a patient. */
  readonly localId?: string | undefined;
  /** DTSId. Not always a MESH message id: older systems had their own. In a report, the message that it is about. */
  readonly messageId?: string | undefined;
  readonly partnerId?: string | undefined;
  readonly processId?: string | undefined;
  /** Whether the client may compress the data; absent means yes. */
  readonly compress?: boolean | undefined;
  readonly encrypted?: boolean | undefined;
  readonly isCompressed?: boolean | undefined;
  readonly checksum?: string | undefined;
  /** Absent means no. */
  readonly allowChunking?: boolean | undefined;
  readonly status?: StatusRecord | undefined;
}

export type AddressType = "SMTP" | "DTS" | "ALL";

export interface StatusRecord {
  /** `yyyyMMddHHmmss`, in UK local time or in UTC: the file does not say which, so it is to be shown and not reckoned with. */
  readonly at: string;
  /** COLLECT, TRANSFER, SEND or RECEIVE; another word is kept as it is. */
  readonly event: string;
  readonly success: boolean;
  /** Two digits or `EPL-nnn`. Means nothing without the event. */
  readonly code: string;
  readonly description: string;
}

/** A control file that cannot be read. The message names the line and the element, never what is in it. */
export class ControlFileError extends MeshError {
  /** From 1; undefined if the trouble is with the file as a whole. */
  readonly line: number | undefined;

  constructor(reason: string, line?: number) {
    super("control-file-malformed", `Control file${line === undefined ? "" : `, line ${line}`}: ${reason}`);
    this.line = line;
  }
}

/** An element and the property that it becomes. A flag is `Y` or `N` in the file. */
export type ControlElement =
  | { readonly name: string; readonly kind: "text"; readonly property: PropertyOf<string> }
  | { readonly name: string; readonly kind: "flag"; readonly property: PropertyOf<boolean> };

type PropertyOf<Value> = {
  [Property in keyof ControlFile]-?: NonNullable<ControlFile[Property]> extends Value ? Property : never;
}[keyof ControlFile];

/** In the order of the real client's files, which is one for OUT, SENT, IN and reports; StatusRecord comes last. */
export const controlElements: readonly ControlElement[] = [
  { name: "Version", kind: "text", property: "version" },
  { name: "AddressType", kind: "text", property: "addressType" },
  { name: "MessageType", kind: "text", property: "messageType" },
  { name: "From_DTS", kind: "text", property: "from" },
  { name: "To_DTS", kind: "text", property: "to" },
  { name: "From_ESMTP", kind: "text", property: "fromSmtp" },
  { name: "To_ESMTP", kind: "text", property: "toSmtp" },
  { name: "Subject", kind: "text", property: "subject" },
  { name: "LocalId", kind: "text", property: "localId" },
  { name: "DTSId", kind: "text", property: "messageId" },
  { name: "PartnerId", kind: "text", property: "partnerId" },
  { name: "Compress", kind: "flag", property: "compress" },
  { name: "Encrypted", kind: "flag", property: "encrypted" },
  { name: "WorkflowId", kind: "text", property: "workflowId" },
  { name: "ProcessId", kind: "text", property: "processId" },
  { name: "DataChecksum", kind: "text", property: "checksum" },
  { name: "IsCompressed", kind: "flag", property: "isCompressed" },
  { name: "AllowChunking", kind: "flag", property: "allowChunking" },
];

export const statusElements: readonly string[] = ["DateTime", "Event", "Status", "StatusCode", "Description"];

/** Spellings that other systems use. */
export const otherSpellings: ReadonlyMap<string, string> = new Map([
  ["DataCheckSum", "DataChecksum"],
  ["PartnerIdentifier", "PartnerId"],
]);
