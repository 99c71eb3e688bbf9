import { generationOf } from "../check/kind.ts";
import { tellUseCase } from "../check/use-case.ts";
import { readWords } from "../check/wording.ts";
import { isResponse } from "../message/handling.ts";
import type { Itk3Message } from "../message/model.ts";
import { systems } from "../names.ts";
import { consultation, online } from "./kind.ts";

/** What goes beside a message into a control file, or the headers of the API. Nothing of it names the patient. */
export interface WordsBeside {
  /** Undefined for a response, whose workflow is that of the message it answers, with `_ACK`. */
  readonly workflowId: string | undefined;
  /** The ODS code of the organisation that sends it (GP Connect Messaging, control file: LocalId). */
  readonly localId: string | undefined;
  /** What kind of document it is; GP Connect's own subject names the patient. */
  readonly subject: string;
  /** The mailbox that the message says it comes from. */
  readonly from: string | undefined;
}

/** The words to put a message into a mailbox with that came without any: told from the message, so a guess. */
export function wordsBeside(message: Itk3Message): WordsBeside {
  const from = message.sourceMailbox;
  const localId = odsCodeOf(message);
  if (isResponse(message)) return { workflowId: undefined, localId, subject: "Response", from };
  const generation = generationOf(message, undefined);
  const { useCase } = tellUseCase(message, generation, readWords(message, generation, undefined));
  // A consultation summary and a generic document share their workflow. The title of the latter is its sender's own
  // words, which may name anybody.
  const kind = useCase === "online-consultation" ? online : consultation;
  return {
    workflowId: kind.workflowId(generation),
    localId,
    subject: useCase === "generic" ? "Document" : kind.title,
    from,
  };
}

function odsCodeOf({ custodian, sender }: Itk3Message): string | undefined {
  const organisation = custodian ?? (sender?.resourceType === "Organization" ? sender : undefined);
  return organisation?.identifier?.find(({ system }) => system === systems.odsOrganisation)?.value;
}
