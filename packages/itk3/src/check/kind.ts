// Which requirements a message is to be held against, told from the message itself. A guess: the result says so.
import { isResponse } from "../message/handling.ts";
import type { Itk3Message } from "../message/model.ts";
import { systems } from "../names.ts";
import { hasCoding } from "./look.ts";
import type { EnvelopeToCheck, UseCase } from "./rule.ts";

/** By a workflow that belongs to one of them; else by LocalExtension, which Send Document 2 leaves as `None`. */
export function generationOf(message: Itk3Message, envelope: EnvelopeToCheck | undefined): 1 | 2 {
  const workflowId = envelope?.workflowId ?? "";
  if (workflowId.startsWith("GPFED_")) return 1;
  if (/^(?:GPCONNECT_|DF_)/.test(workflowId)) return 2;
  return /^none$/i.test(message.handling.localExtension ?? "") ? 2 : 1;
}

/**
 * Send Document 2: an online consultation has a workflow and a type of its own; a consultation summary and a generic
 * document of the same type are told apart by the title. 1.x: type, LocalExtension and title each name a use case, and
 * the one that most of them name counts, so that a single wrong one is found instead of misleading.
 */
export function useCaseOf(message: Itk3Message, generation: 1 | 2, envelope: EnvelopeToCheck | undefined): UseCase {
  if (isResponse(message)) return "response";
  const { type, title } = message.composition ?? {};
  const byTitle = named(title, /^online consultation report$/i, /^consultation report$/i);
  const isOnline = hasCoding(type, systems.snomed, "149951000000107");
  if (generation === 2) {
    if (isOnline || envelope?.workflowId?.startsWith("DF_ONLINE_CONSULTATION") === true) return "online-consultation";
    return byTitle === "consultation-summary" ? byTitle : "generic";
  }
  const isConsultation = hasCoding(type, systems.snomed, "371531000");
  const byType = isOnline ? "online-consultation" : isConsultation ? "consultation-summary" : "generic";
  const { localExtension } = message.handling;
  const local = localExtension?.startsWith("SendDocument-") === true ? localExtension : undefined;
  const byLocalExtension = named(local, /^SendDocument-Online/, /^SendDocument-Consultation/);
  if (byLocalExtension !== undefined && byLocalExtension === byTitle) return byTitle;
  return byType === "generic" ? (byLocalExtension ?? byTitle ?? byType) : byType;
}

function named(text: string | undefined, online: RegExp, consultation: RegExp): UseCase | undefined {
  if (text === undefined) return undefined;
  if (online.test(text)) return "online-consultation";
  return consultation.test(text) ? "consultation-summary" : "generic";
}
