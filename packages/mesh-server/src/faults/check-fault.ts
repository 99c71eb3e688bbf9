import { validateHeaderValue } from "node:http";

import { checkInput, ControlError, type Fault } from "@restante/control";
import { type MailboxId, parseMailboxId } from "@restante/mesh";

export interface FaultLimits {
  /** There is a door with TLS, and an expired certificate to show there. */
  canExpireCertificate: boolean;
  /** Absent: any is taken. */
  isMailbox?: (mailboxId: MailboxId) => boolean;
}

/**
 * What can be said of a fault by itself, such as where its effect can be done, and what this server alone knows.
 * @throws {ControlError} `input-invalid`, `mailbox-unknown`, `not-possible`
 */
export function checkFault(fault: Fault, { canExpireCertificate, isMailbox }: FaultLimits): void {
  checkInput("faults.add", fault);
  if (fault.do === "content-type" && !isHeaderValue(fault.contentType)) {
    throw new ControlError("input-invalid", "contentType cannot be written in a header");
  }
  if (fault.do === "expire-certificate") {
    if (fault.mailbox !== undefined) {
      throw new ControlError("input-invalid", "mailbox is not known of a new connection: leave it out");
    }
    if (!canExpireCertificate) {
      throw new ControlError("not-possible", "this server does not listen with HTTPS: it has no certificate to expire");
    }
  }
  if (fault.mailbox !== undefined && isMailbox?.(parseMailboxId(fault.mailbox)) === false) {
    throw new ControlError("mailbox-unknown", "there is no such mailbox");
  }
}

function isHeaderValue(text: string): boolean {
  try {
    validateHeaderValue("content-type", text);
    return true;
  } catch {
    return false;
  }
}
