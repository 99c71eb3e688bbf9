// Which requirements a message is to be held against, told from the message itself. A guess: the result says so.
import { isResponse } from "../message/handling.ts";
import type { Itk3Message } from "../message/model.ts";
import { systems } from "../names.ts";
import { hasCoding } from "./look.ts";
import type { EnvelopeToCheck, UseCase } from "./rule.ts";

/** By a workflow that belongs to one of them; else by LocalExtension, which Send Document 2 leaves as `None`. */
export function generationOf(message: Itk3Message, envelope: EnvelopeToCheck | undefined): 1 | 2 {
  return ofWorkflow(envelope?.workflowId) ?? ofLocalExtension(message.handling.localExtension) ?? 1;
}

/** Whether workflow and LocalExtension are of one generation, as far as both belong to one. */
export function isOfOneGeneration(workflowId: string, localExtension: string | undefined): boolean {
  const generations = [ofWorkflow(workflowId), ofLocalExtension(localExtension)];
  return generations.includes(undefined) || generations[0] === generations[1];
}

function ofWorkflow(workflowId = ""): 1 | 2 | undefined {
  if (workflowId.startsWith("GPFED_")) return 1;
  return /^(?:GPCONNECT_|DF_)/.test(workflowId) ? 2 : undefined;
}

function ofLocalExtension(localExtension = ""): 1 | 2 | undefined {
  if (/^none$/i.test(localExtension)) return 2;
  return localExtension.startsWith("SendDocument-") ? 1 : undefined;
}

/**
 * Send Document 2: an online consultation has a type or a title of its own; a consultation summary and a generic document
 * of the same type are told apart by the title. 1.x: type, LocalExtension and title each name a use case, and the one
 * that two of them name counts, so that a single wrong one is found instead of misleading; failing that the type.
 */
export function useCaseOf(message: Itk3Message, generation: 1 | 2): UseCase {
  if (isResponse(message)) return "response";
  const { type, title } = message.composition ?? {};
  const byTitle = named(title, /^online consultation report$/i, /^consultation report$/i);
  const isOnline = hasCoding(type, systems.snomed, "149951000000107");
  if (generation === 2) {
    return isOnline ? "online-consultation" : (byTitle ?? "generic");
  }
  const isConsultation = hasCoding(type, systems.snomed, "371531000");
  const byType = isOnline ? "online-consultation" : isConsultation ? "consultation-summary" : "generic";
  const { localExtension } = message.handling;
  const local = localExtension?.startsWith("SendDocument-") === true ? localExtension : undefined;
  const byLocalExtension = named(local, /^SendDocument-Online/, /^SendDocument-Consultation/);
  if (byLocalExtension !== undefined && byLocalExtension === byTitle) return byTitle;
  if (byType !== "generic" || byTitle === "generic") return byType;
  return byLocalExtension ?? byTitle ?? byType;
}

function named(text: string | undefined, online: RegExp, consultation: RegExp): UseCase | undefined {
  if (text === undefined) return undefined;
  if (online.test(text)) return "online-consultation";
  return consultation.test(text) ? "consultation-summary" : "generic";
}
