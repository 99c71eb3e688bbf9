declare const brand: unique symbol;

/** A mailbox id as the server knows it: upper case, at most 100 characters of A-Z, 0-9, `_` and `-`. */
export type MailboxId = string & { readonly [brand]: "MailboxId" };

/** The id that MESH gives a message when it accepts it: `yyyyMMddHHmmssSSSSSS_XXXXXX`, time in UTC. */
export type MessageId = string & { readonly [brand]: "MessageId" };

/** An organisation's code in the Organisation Data Service, upper case, such as `A20047`. */
export type OdsCode = string & { readonly [brand]: "OdsCode" };

/** An NHS number: ten digits, check digit verified. */
export type NhsNumber = string & { readonly [brand]: "NhsNumber" };
