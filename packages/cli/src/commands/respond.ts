import { ackWorkflow, CodedError, isRoutingAddress, parseMailboxId, parseOdsCode } from "@restante/mesh";
import { answerTo, type Responder } from "../check/answer.ts";
import { type CheckOptionValues, checkSettings } from "../check/check-options.ts";
import { cannotRead, type MessageFile, oneMessage } from "../check/find-messages.ts";
import { type Input, readInput } from "../check/read-input.ts";
import { fileOutput, refuseOverwriting } from "../check/report-output.ts";
import { visible } from "../check/words.ts";
import type { Given } from "../command-line/tree.ts";
import { SAMPLE_RESPONDER } from "../defaults.ts";
import { CliError } from "../errors.ts";
import type { Terminal } from "../terminal/terminal.ts";

interface RespondValues extends CheckOptionValues {
  readonly output: string | undefined;
  readonly mailbox: string | undefined;
  readonly ods: string | undefined;
}

export async function respond({ options, words }: Given<RespondValues>, terminal: Terminal): Promise<number> {
  const settings = checkSettings(options);
  const responder = readResponder(options);
  const [file = ""] = words;
  const found = await oneMessage(file, options.ctl);
  if (options.output !== undefined) await refuseOverwriting(found, options.output);
  const input = await readWhole(found, settings.maxBytes);
  const { response, reason } = answerTo(file, input, settings, responder, new Date());

  if (options.output === undefined) {
    await terminal.write(response.xml);
  } else {
    await using output = await fileOutput(options.output);
    await output.write(response.xml);
    await output.finish();
  }
  terminal.complain(reason);
  const where = destination(input);
  if (where !== undefined) terminal.complain(where);
  return 0;
}

/** Where the response goes. From_DTS may hold anything, a patient's routing address too, which no output repeats. */
function destination({ control }: Input): string | undefined {
  const { from, workflowId } = control ?? {};
  if (from === undefined || workflowId === undefined) return undefined;
  const workflow = visible(ackWorkflow(workflowId));
  return isMailboxId(from)
    ? `It goes to mailbox ${from} on workflow ${workflow}.`
    : `It goes on workflow ${workflow}, but where to is unknown: From_DTS of the control file holds no mailbox.`;
}

function isMailboxId(text: string): boolean {
  // In any case: MESH takes only upper case for an address, but the patient is named in either.
  if (isRoutingAddress(text.trim().toUpperCase())) return false;
  try {
    parseMailboxId(text);
    return true;
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
    return false;
  }
}

async function readWhole(found: MessageFile, maxBytes: number): Promise<Input> {
  const input = await readInput(found, maxBytes).catch((cause: unknown) => {
    throw cannotRead(found.file, cause);
  });
  // Without its words it cannot be told whether the message may be answered at all.
  if (input.controlFault !== undefined) {
    throw new CliError("input-unreadable", `${found.controlFile}: ${input.controlFault.message}`);
  }
  return input;
}

function readResponder({ mailbox, ods }: RespondValues): Responder {
  if (mailbox === undefined && ods === undefined) return SAMPLE_RESPONDER;
  if (mailbox === undefined || ods === undefined) throw new CliError("usage", "--mailbox and --ods go together");
  try {
    return { mailboxId: parseMailboxId(mailbox), odsCode: parseOdsCode(ods) };
  } catch (cause) {
    if (!(cause instanceof CodedError)) throw cause;
    throw new CliError("usage", cause.message, { cause });
  }
}
