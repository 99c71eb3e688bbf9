import { isRoutingAddress, parseMailboxId } from "@restante/mesh";
import { Itk3Error } from "../errors.ts";
import type { Generation } from "./input.ts";

/** Who a document is for. */
export interface Recipient {
  /** FA For Action, or FI For Information: a copy. */
  recipientType: "FA" | "FI";
  /** The mailbox of another provider, found by the address lookup. Absent: the registered practice, by patient. */
  recipientMailbox?: string;
}

/**
 * A consultation summary of 1.x goes to the registered practice, For Action, by MESH's routing (GPCM-SD-CS-043, CS-060).
 * Send Document 2 routes everything but an online consultation by the patient (SCAL GPCM-SD-056), copies too.
 */
export function refuseRecipient(
  useCase: string,
  generation: Generation,
  { recipientType, recipientMailbox }: Recipient,
): void {
  if (useCase === "consultation-summary" && generation === 1 && recipientType !== "FA") {
    throw new Itk3Error("input-invalid", "A consultation summary is sent For Action (GPCM-SD-CS-043).");
  }
  if (recipientMailbox !== undefined && isRoutingAddress(recipientMailbox.trim().toUpperCase())) {
    throw new Itk3Error("input-invalid", "recipientMailbox names no mailbox; without one MESH routes by patient.");
  }
  if (recipientMailbox === undefined || useCase === "online-consultation") return;
  if (generation === 2 || useCase === "consultation-summary") {
    throw new Itk3Error("input-invalid", "This document is routed by patient (GPCM-SD-CS-060, SCAL GPCM-SD-056).");
  }
}

/** Mex-To or To_DTS. Throws MeshError `mailbox-id-invalid`. */
export function addressFor({ recipientMailbox }: Recipient, registeredPractice: string): string {
  return recipientMailbox === undefined ? registeredPractice : parseMailboxId(recipientMailbox);
}
