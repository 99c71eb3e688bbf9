import { decodeHeaderText, encodeHeaderText } from "./header-text.ts";

/**
 * The `mex-` headers by name. All are text and all may be absent: which ones a request or a response must have is for
 * its reader to say. Values are real text here; on the wire they are UTF-8 bytes.
 */
export interface MexHeaders {
  /** A mailbox id or a routing address `GPPROVIDER_...`: a patient detail. */
  readonly to?: string | undefined;
  readonly from?: string | undefined;
  readonly workflowId?: string | undefined;
  /** May name a patient. */
  readonly subject?: string | undefined;
  /** Given by the sender; may name a patient. */
  readonly localId?: string | undefined;
  /** Given by the sender: untrusted, never a path. May name a patient. */
  readonly fileName?: string | undefined;
  readonly partnerId?: string | undefined;
  readonly processId?: string | undefined;
  readonly fromSmtp?: string | undefined;
  readonly toSmtp?: string | undefined;
  /** `DATA` or `REPORT`. */
  readonly messageType?: string | undefined;
  readonly addressType?: string | undefined;
  readonly version?: string | undefined;
  readonly messageId?: string | undefined;
  /** In a report: the message it is about. */
  readonly linkedMessageId?: string | undefined;
  readonly chunkRange?: string | undefined;
  readonly totalChunks?: string | undefined;
  /** `Y` or `N`, as are compressed and encrypted. */
  readonly compress?: string | undefined;
  readonly compressed?: string | undefined;
  readonly encrypted?: string | undefined;
  readonly checksum?: string | undefined;
  readonly contentType?: string | undefined;
  readonly statusEvent?: string | undefined;
  /** `SUCCESS` or `ERROR`. */
  readonly statusSuccess?: string | undefined;
  readonly statusCode?: string | undefined;
  readonly statusDescription?: string | undefined;
  /** `yyyyMMddHHmmss`. */
  readonly statusTimestamp?: string | undefined;
}

/** The name on the wire, lower case (the .NET client looks for lower-case names). */
export const headerNames: Readonly<Record<keyof MexHeaders, string>> = {
  to: "mex-to",
  from: "mex-from",
  workflowId: "mex-workflowid",
  subject: "mex-subject",
  localId: "mex-localid",
  fileName: "mex-filename",
  partnerId: "mex-partnerid",
  processId: "mex-processid",
  fromSmtp: "mex-fromsmtp",
  toSmtp: "mex-tosmtp",
  messageType: "mex-messagetype",
  addressType: "mex-addresstype",
  version: "mex-version",
  messageId: "mex-messageid",
  linkedMessageId: "mex-linkedmsgid",
  chunkRange: "mex-chunk-range",
  totalChunks: "mex-total-chunks",
  compress: "mex-content-compress",
  compressed: "mex-content-compressed",
  encrypted: "mex-content-encrypted",
  checksum: "mex-content-checksum",
  contentType: "mex-content-type",
  statusEvent: "mex-statusevent",
  statusSuccess: "mex-statussuccess",
  statusCode: "mex-statuscode",
  statusDescription: "mex-statusdescription",
  statusTimestamp: "mex-statustimestamp",
};

/** The most characters of text that the server takes (MESH API, Send message). */
export const headerLimits: Readonly<Partial<Record<keyof MexHeaders, number>>> = {
  to: 100,
  workflowId: 300,
  chunkRange: 20,
  subject: 500,
  localId: 300,
  partnerId: 500,
  fileName: 300,
  checksum: 100,
};

const properties = Object.keys(headerNames) as (keyof MexHeaders)[];

/** For an HTTP library: lower-case names, text encoded, absent headers left out. Empty text is kept. */
export function writeMexHeaders(headers: MexHeaders): Record<string, string> {
  const written: Record<string, string> = {};
  for (const property of properties) {
    const text = headers[property];
    if (text !== undefined) written[headerNames[property]] = encodeHeaderText(text);
  }
  return written;
}

/** From an HTTP library: names in any case, text decoded and trimmed, the first of repeated values. */
export function readMexHeaders(record: Readonly<Record<string, string | string[] | undefined>>): MexHeaders {
  const byName = new Map(Object.entries(record).map(([name, value]) => [name.toLowerCase(), value]));
  const headers: { -readonly [Property in keyof MexHeaders]: MexHeaders[Property] } = {};
  for (const property of properties) {
    const value = byName.get(headerNames[property]);
    const text = Array.isArray(value) ? value[0] : value;
    // Decoded first: the last byte of `à` is a space to trim().
    if (text !== undefined) headers[property] = decodeHeaderText(text).trim();
  }
  return headers;
}

/** Below 0x20, or 0x7F: the server refuses such a header with TRANSFER / 06, MalformedControlFile. */
export function hasControlCharacter(text: string): boolean {
  // oxlint-disable-next-line no-control-regex -- the very thing looked for
  return /[\u0000-\u001F\u007F]/.test(text);
}

/** Letters, digits, space, `:`, `-` and `/`: the server takes nothing else in Mex-Content-Checksum. */
export function isChecksumText(text: string): boolean {
  return /^[A-Za-z0-9 :/-]*$/.test(text);
}
