import { decodeHeaderText, encodeHeaderText, isLatin1HeaderText } from "./header-text.ts";

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

/**
 * The most characters of text that the server takes, each a code point (see `characterCount`). Those of `to` to
 * `checksum` are the MESH API's (Send message). The others are our own, so that a message's head stays within what
 * clients read: the longest mail address, what control files allow, and room for a Y or N.
 */
export const headerLimits: Readonly<Partial<Record<keyof MexHeaders, number>>> = {
  to: 100,
  workflowId: 300,
  chunkRange: 20,
  subject: 500,
  localId: 300,
  partnerId: 500,
  fileName: 300,
  checksum: 100,
  processId: 32,
  fromSmtp: 254,
  toSmtp: 254,
  compress: 10,
  compressed: 10,
  encrypted: 10,
  contentType: 255,
};

/** How many characters a text has for the limits of MESH: code points, so that an emoji is one. */
export function characterCount(text: string): number {
  // Only half of a pair can make it less than its length.
  if (!/[\uD800-\uDFFF]/.test(text)) return text.length;
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

const PREFIX = "mex-";
const names = Object.entries(headerNames) as readonly [keyof MexHeaders, string][];
const propertyOf = new Map(names.map(([property, name]) => [name, property]));

/**
 * For an HTTP library: lower-case names, text encoded, absent headers left out. Empty text is kept.
 * @param latin1 headers that `latin1Headers` named when they were read: they get back the bytes they came with
 */
export function writeMexHeaders(
  headers: MexHeaders,
  latin1: readonly (keyof MexHeaders)[] = [],
): Record<string, string> {
  const written: Record<string, string> = {};
  for (const [property, name] of names) {
    const text = headers[property];
    if (text === undefined) continue;
    written[name] = latin1.includes(property) ? text : encodeHeaderText(text);
  }
  return written;
}

/** From an HTTP library: names in any case, text decoded, without blanks around it, the first of repeated values. */
export function readMexHeaders(record: Readonly<Record<string, string | string[] | undefined>>): MexHeaders {
  const headers: { -readonly [Property in keyof MexHeaders]: MexHeaders[Property] } = {};
  forEachMexText(record, (property, text) => {
    headers[property] = decodeHeaderText(text);
  });
  return headers;
}

/** Which of the headers that `readMexHeaders` reads are not UTF-8 and were read as Latin-1. */
export function latin1Headers(
  record: Readonly<Record<string, string | string[] | undefined>>,
): readonly (keyof MexHeaders)[] {
  const found: (keyof MexHeaders)[] = [];
  forEachMexText(record, (property, text) => {
    if (isLatin1HeaderText(text)) found.push(property);
  });
  return found;
}

function forEachMexText(
  record: Readonly<Record<string, string | string[] | undefined>>,
  take: (property: keyof MexHeaders, text: string) => void,
): void {
  for (const name of Object.keys(record)) {
    // Nearly all others end here: of each request they are more than half.
    if (name[PREFIX.length - 1] !== "-") continue;
    const property = propertyOf.get(name.toLowerCase());
    if (property === undefined) continue;
    const value = record[name];
    const text = Array.isArray(value) ? value[0] : value;
    if (text !== undefined) take(property, trimBlanks(text));
  }
}

/** What HTTP calls optional white space, and nothing else: a no-break space, or the last byte of `à`, is the sender's. */
function trimBlanks(text: string): string {
  if (!isBlank(text.at(0)) && !isBlank(text.at(-1))) return text;
  return text.replaceAll(/^[ \t]+|[ \t]+$/g, "");
}

function isBlank(character: string | undefined): boolean {
  return character === " " || character === "\t";
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
