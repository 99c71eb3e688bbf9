import { parseMailboxId } from "@restante/mesh";
import { Itk3Error } from "../errors.ts";

/** Who a document is for. */
export interface Recipient {
  /** FA For Action, or FI For Information: a copy. */
  recipientType: "FA" | "FI";
  /** The mailbox of another provider, found by the address lookup. Absent: the registered practice, by patient. */
  recipientMailbox?: string;
}

/** A consultation summary goes to the registered practice, For Action, by MESH's routing (GPCM-SD-CS-043, CS-060). */
export function refuseRecipient(useCase: string, { recipientType, recipientMailbox }: Recipient): void {
  if (useCase !== "consultation-summary") return;
  if (recipientType !== "FA") {
    throw new Itk3Error("input-invalid", "A consultation summary is sent For Action (GPCM-SD-CS-043).");
  }
  if (recipientMailbox !== undefined) {
    throw new Itk3Error("input-invalid", "A consultation summary is routed by patient (GPCM-SD-CS-060).");
  }
}

/** Mex-To or To_DTS. Throws MeshError `mailbox-id-invalid`. */
export function addressFor({ recipientMailbox }: Recipient, registeredPractice: string): string {
  return recipientMailbox === undefined ? registeredPractice : parseMailboxId(recipientMailbox);
}
