// The infrastructure response that a message calls for, by docs/decisions/010-acceptable.md and 040-who-is-answered.md.
import { type BuiltResponse, infrastructureResponse, type Negative } from "@restante/itk3";
import { isAckWorkflow } from "@restante/mesh";
import { CliError } from "../errors.ts";
import type { CheckSettings } from "./check-options.ts";
import { checkInput } from "./file-report.ts";
import type { Input } from "./read-input.ts";
import { meaningOf, reasonOf } from "./words.ts";

export interface Answer {
  readonly response: BuiltResponse;
  /** Which code, and why. */
  readonly reason: string;
}

export interface Responder {
  readonly odsCode: string;
  readonly mailboxId: string;
}

const received = "The message was received and can be processed.";

/** @throws CliError `not-answered` where nobody may answer, or nobody asked */
export function answerTo(file: string, input: Input, settings: CheckSettings, responder: Responder, now: Date): Answer {
  const { read, control } = input;
  const { message, remains } = read;
  const refuse = (reason: string): never => {
    throw new CliError("not-answered", `${file} is not answered: ${reason}`);
  };
  if (control?.messageType === "Report") refuse("its control file is a MESH report about another message");
  if (control?.workflowId !== undefined && isAckWorkflow(control.workflowId)) {
    refuse(`it came on ${control.workflowId}, a workflow of acknowledgements`);
  }
  if ((message?.event ?? remains?.event) === "ITK008M") refuse("it is an ITK3 response (ITK008M) itself");
  const handling = message?.handling ?? remains?.handling;
  if (handling?.infAckRequested === false) refuse("it asks for no infrastructure response (InfAckRequested is false)");

  const { negative } = checkInput(input, settings);
  const code = negative?.code ?? "20013";
  const response = infrastructureResponse({
    now,
    request: { headerId: message?.headerId ?? remains?.headerId, senderReference: handling?.senderReference },
    code,
    ...(negative === undefined ? {} : { issueCode: negative.issueCode }),
    diagnostics: negative?.diagnostics ?? received,
    responder,
    generation: settings.generation ?? 1,
  });
  return { response, reason: `${meaningOf(code)}: ${why(negative)}` };
}

function why(negative: Negative | undefined): string {
  return negative === undefined ? "the message is acceptable." : reasonOf(negative);
}
