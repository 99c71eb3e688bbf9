// The infrastructure response that a message calls for, by docs/decisions/010-acceptable.md and 040-who-is-answered.md.
import { type BuiltResponse, infrastructureAnswer, isResponse, messageOf, readResponse } from "@restante/itk3";
import { isAckWorkflow } from "@restante/mesh";
import { CliError } from "../errors.ts";
import type { CheckSettings } from "./check-options.ts";
import { checkOptionsOf } from "./file-report.ts";
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

/** @throws CliError `not-answered` where nobody may answer, or nobody asked */
export function answerTo(file: string, input: Input, settings: CheckSettings, responder: Responder, now: Date): Answer {
  const { read, control } = input;
  const refuse = (reason: string): never => {
    throw new CliError("not-answered", `${file} is not answered: ${reason}`);
  };
  if (control?.messageType === "Report") refuse("its control file is a MESH report about another message");
  const response =
    infrastructureAnswer(read, {
      now,
      responder,
      check: checkOptionsOf(input, settings),
    }) ?? refuse(whyNone(input));
  return { response, reason: reasonIn(response) };
}

function whyNone({ read, control }: Input): string {
  const workflowId = control?.workflowId ?? "";
  if (isAckWorkflow(workflowId)) return `it came on ${workflowId}, a workflow of acknowledgements`;
  return isResponse(read)
    ? "it is an ITK3 response (ITK008M) itself"
    : "it asks for no infrastructure response (InfAckRequested is false)";
}

function reasonIn({ bundle }: BuiltResponse): string {
  const message = messageOf(bundle);
  const { code = "", diagnostics = "" } = (message && readResponse(message)) ?? {};
  return `${meaningOf(code)}: ${reasonOf({ diagnostics })}`;
}
