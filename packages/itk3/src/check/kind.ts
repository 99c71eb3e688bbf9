// Of which generation a message is, told from the message itself. Its use case: use-case.ts.
import type { Itk3Message } from "../message/model.ts";
import type { EnvelopeToCheck } from "./rule.ts";

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
