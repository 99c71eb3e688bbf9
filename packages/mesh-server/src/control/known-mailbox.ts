import { ControlError } from "@restante/control";

import type { Mailbox, Registry } from "../registry.ts";

/** The mailbox of this id, in any case. @throws {ControlError} `mailbox-unknown` */
export function knownMailbox(registry: Registry, written: string): Mailbox {
  const mailbox = registry.find(written);
  if (mailbox !== undefined) return mailbox;
  throw new ControlError("mailbox-unknown", "The configuration has no mailbox of this id.");
}
