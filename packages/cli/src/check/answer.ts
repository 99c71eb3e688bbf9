// The infrastructure response that a message calls for, by docs/decisions/010-acceptable.md and 040-who-is-answered.md.
import { type BuiltResponse, infrastructureAnswer, messageOf, readResponse, whyUnanswered } from "@restante/itk3";
import { CliError } from "../errors.ts";
import type { CheckSettings } from "./check-options.ts";
import { checkOptionsOf } from "./file-report.ts";
import type { Input } from "./read-input.ts";
import { meaningOf, reasonOf, unansweredWords } from "./words.ts";

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
  if (control?.messageType === "Report") {
    throw new CliError(
      "not-answered",
      `${file} is not answered: its control file is a MESH report about another message`,
    );
  }
  const check = checkOptionsOf(input, settings);
  const response = infrastructureAnswer(read, { now, responder, check });
  if (response === undefined) {
    const why = whyUnanswered(read, check.envelope) ?? "not-asked";
    throw new CliError("not-answered", `${file} is not answered: ${unansweredWords[why]}`);
  }
  return { response, reason: reasonIn(response) };
}

function reasonIn({ bundle }: BuiltResponse): string {
  const message = messageOf(bundle);
  const { code = "", diagnostics = "" } = (message && readResponse(message)) ?? {};
  return `${meaningOf(code)}: ${reasonOf({ diagnostics })}`;
}
