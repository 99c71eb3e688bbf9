// Which requirements a message is to be held against, told from the message itself. A guess: the result says so.
import type { Itk3Message } from "../message/model.ts";
import { events, systems } from "../names.ts";
import { hasCoding } from "./look.ts";
import type { EnvelopeToCheck, UseCase } from "./rule.ts";

/** By the workflow where the message came with one; else by LocalExtension, which Send Document 2 leaves as `None`. */
export function generationOf(message: Itk3Message, envelope: EnvelopeToCheck | undefined): 1 | 2 {
  // A response looks the same in both, and only 1.x has requirements for it.
  if (message.event === events.response.code) return 1;
  if (envelope?.workflowId !== undefined) return envelope.workflowId.startsWith("GPFED_") ? 1 : 2;
  return /^none$/i.test(message.handling.localExtension ?? "") ? 2 : 1;
}

/**
 * By LocalExtension where it names a use case (1.x). Send Document 2 has none: there the type of an online consultation
 * is its own, and a consultation summary is told from a generic document of the same type by its title.
 */
export function useCaseOf(message: Itk3Message): UseCase {
  if (message.event === events.response.code) return "response";
  const { type, title = "" } = message.composition ?? {};
  const local = message.handling.localExtension ?? "";
  if (hasCoding(type, systems.snomed, "149951000000107") || local.startsWith("SendDocument-Online")) {
    return "online-consultation";
  }
  if (local === "SendDocument-Generic") return "generic";
  if (local.startsWith("SendDocument-Consultation")) return "consultation-summary";
  if (/^online consultation report$/i.test(title)) return "online-consultation";
  return /^consultation report$/i.test(title) ? "consultation-summary" : "generic";
}
