import { randomBytes, randomInt } from "node:crypto";
import { MeshError } from "./mesh-error.ts";
import { formatTimestamp } from "./timestamp.ts";

declare const brand: unique symbol;

/** A mailbox id as the server knows it: upper case, at most 100 characters of A-Z, 0-9, `_` and `-`. */
export type MailboxId = string & { readonly [brand]: "MailboxId" };

/** The id that MESH gives a message when it accepts it: `yyyyMMddHHmmssSSSSSS_XXXXXX`, time in UTC. */
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

export function isMessageId(text: string): text is MessageId {
  return /^\d{20}_[0-9A-F]{6}$/.test(text);
}

/** Throws `message-id-invalid`. */
export function parseMessageId(text: string): MessageId {
  if (!isMessageId(text)) {
    throw new MeshError("message-id-invalid", "A MESH message id is 20 digits, an underscore and 6 hex digits.");
  }
  return text;
}

/**
 * A new message id. The clock gives milliseconds and the id has room for microseconds: the last three digits and the
 * suffix are random, so ids made within one millisecond are in no order (the inbox keeps its own).
 */
export function newMessageId(now: Date): MessageId {
  const milliseconds = String(now.getUTCMilliseconds()).padStart(3, "0");
  const below = String(randomInt(1000)).padStart(3, "0");
  const suffix = randomBytes(3).toString("hex").toUpperCase();
  return `${formatTimestamp(now)}${milliseconds}${below}_${suffix}` as MessageId;
}
