import { parseMailboxId } from "@restante/mesh";
import { optional, type Shape } from "../input/shapes.ts";
import type { Place } from "../input/problems.ts";
import { oneOf } from "../input/values.ts";
import type { Generation } from "./generation.ts";
import { mailbox } from "./mailbox.ts";

/** Who a document is for. */
export interface Recipient {
  /** FA For Action, or FI For Information: a copy. */
  recipientType: "FA" | "FI";
  /** The mailbox of another provider, found by the address lookup. Absent: the registered practice, by patient. */
  recipientMailbox?: string;
}

export const recipientShapes: Readonly<Record<keyof Recipient, Shape>> = {
  recipientType: oneOf("FA", "FI"),
  recipientMailbox: optional(mailbox),
};

/**
 * A consultation summary of 1.x goes to the registered practice, For Action, by MESH's routing (GPCM-SD-CS-043, CS-060).
 * Send Document 2 routes everything but an online consultation by the patient (SCAL GPCM-SD-056), copies too.
 */
export function tellUnsuited(
  useCase: string,
  generation: Generation,
  { recipientType, recipientMailbox }: Recipient,
  at: Place,
): void {
  if (useCase === "consultation-summary" && generation === 1 && recipientType !== "FA") {
    at.field("recipientType").tell("must be FA, For Action: it is a consultation summary", "GPCM-SD-CS-043");
  }
  if (recipientMailbox === undefined || useCase === "online-consultation") return;
  if (generation === 2 || useCase === "consultation-summary") {
    const id = generation === 2 ? "SCAL-GPCM-SD-056" : "GPCM-SD-CS-060";
    at.field("recipientMailbox").tell("must not be given: this document is routed by patient", id);
  }
}

/** Mex-To or To_DTS. */
export function addressFor({ recipientMailbox }: Recipient, registeredPractice: string): string {
  return recipientMailbox === undefined ? registeredPractice : parseMailboxId(recipientMailbox);
}
