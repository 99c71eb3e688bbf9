import { randomInt } from "node:crypto";
import { MeshError } from "./mesh-error.ts";
import { formatTimestamp } from "./timestamp.ts";

declare const brand: unique symbol;

/** A mailbox id as the server knows it: upper case, at most 100 characters of A-Z, 0-9, `_` and `-`. */
export type MailboxId = string & { readonly [brand]: "MailboxId" };

/**
 * The id that a MESH server gives a message when it accepts it. Opaque: whatever the server wrote, compared as it is,
 * byte for byte. It is no file name (see `messageFileName`), and in a URL it is percent-encoded.
 */
export type MessageId = string & { readonly [brand]: "MessageId" };

/** An organisation's code in the Organisation Data Service, upper case, such as `A20047`. */
export type OdsCode = string & { readonly [brand]: "OdsCode" };

/** An NHS number: ten digits, check digit verified. */
export type NhsNumber = string & { readonly [brand]: "NhsNumber" };

/** Trims and upper-cases, as the server does. Throws `mailbox-id-invalid`. */
export function parseMailboxId(text: string): MailboxId {
  const id = text.trim().toUpperCase();
  if (!/^[A-Z0-9_-]{1,100}$/.test(id)) {
    throw new MeshError("mailbox-id-invalid", "A mailbox id is 1 to 100 letters, digits, underscores and hyphens.");
  }
  return id as MailboxId;
}

/** Trims and upper-cases. Throws `ods-code-invalid`. */
export function parseOdsCode(text: string): OdsCode {
  const code = text.trim().toUpperCase();
  if (!/^[A-Z0-9]{3,12}$/.test(code)) {
    throw new MeshError("ods-code-invalid", "An ODS code is 3 to 12 letters and digits.");
  }
  return code as OdsCode;
}

/**
 * Whether a server can have given this as a message id: 1 to 255 characters, none of them a control character or half
 * of one. `.` and `..` are none: no way of writing them in a URL keeps them from being taken for a folder.
 */
export function isMessageId(text: string): text is MessageId {
  // oxlint-disable-next-line no-control-regex -- what an id must not hold: a line break would end a line of a log
  const unfit = /[\u0000-\u001F\u007F-\u009F\u2028\u2029]/;
  // No character has more than two code units.
  if (text.length > 510 || unfit.test(text) || !text.isWellFormed() || text === "." || text === "..") return false;
  const characters = Array.from(text).length;
  return characters >= 1 && characters <= 255;
}

/** Throws `message-id-invalid`. */
export function parseMessageId(text: string): MessageId {
  if (!isMessageId(text)) {
    throw new MeshError("message-id-invalid", "A message id is 1 to 255 characters, none of them a control character.");
  }
  return text;
}

/** Whether an id has the form in which MESH and our server make them: `yyyyMMddHHmmssSSSSSS_XXXXXX`, time in UTC. */
export function isProductionMessageId(text: string): text is MessageId {
  return /^\d{20}_[0-9A-F]{6}$/.test(text);
}

/**
 * A new message id, in the production form. The clock gives milliseconds and the id has room for microseconds, so those
 * that this process makes within one millisecond are counted in the last three digits: ids are in the order in which they
 * were made, but where the clock went back, or beyond the first 900 of a millisecond. The suffix keeps them apart.
 */
export function newMessageId(now: Date): MessageId {
  const milliseconds = String(now.getUTCMilliseconds()).padStart(3, "0");
  const below = String(countWithin(now.getTime())).padStart(3, "0");
  // Of numbers drawn many at a time: to ask for three bytes of one's own takes longer than all the rest.
  const suffix = randomInt(0x100_0000).toString(16).padStart(6, "0").toUpperCase();
  return `${formatTimestamp(now)}${milliseconds}${below}_${suffix}` as MessageId;
}

const newest = { at: Number.NaN, count: 0 };

function countWithin(millisecond: number): number {
  if (millisecond !== newest.at) {
    newest.at = millisecond;
    newest.count = randomInt(100);
  } else if (newest.count < 999) {
    newest.count += 1;
  } else {
    return randomInt(1000);
  }
  return newest.count;
}
