import { ackWorkflow, CodedError, isRoutingAddress, parseMailboxId, parseOdsCode } from "@restante/mesh";
import { answerTo, type Responder } from "../check/answer.ts";
import { checkOptions, checkOptionsHelp, readCheckOptions } from "../check/check-options.ts";
import { cannotRead, type MessageFile, oneMessage } from "../check/find-messages.ts";
import { type Input, readInput } from "../check/read-input.ts";
import { fileOutput, refuseOverwriting } from "../check/report-output.ts";
import { type Command, readWords } from "../command.ts";
import { visible } from "../check/words.ts";
import { CliError } from "../errors.ts";

/** The practice of the sample economy (examples/organisations.json). */
const sample: Responder = { mailboxId: "Y99002OT001", odsCode: "Y99002" };

export const respondCommand: Command = {
  help: [
    "Usage: restante respond FILE [OPTIONS]",
    "",
    "Checks a message and writes the ITK3 response that a receiver gives it: 20013, or the code it is refused with. Says",
    "which and why on the error stream. Responses (ITK008M), and whatever came on an _ACK workflow, are not answered: two",
    "systems would answer each other for ever. Nor is a message that asks for no response.",
    "",
    "  --output FILE          where to write the response (default: here)",
    `  --mailbox ID           the mailbox that answers (default ${sample.mailboxId}, of the sample economy)`,
    `  --ods CODE             the organisation that answers (default ${sample.odsCode}); goes with --mailbox`,
    checkOptionsHelp,
    "",
    "Exit status: 0 answered, 1 not answered or the response cannot be written, 2 the input cannot be read or this was",
    "typed wrong.",
  ].join("\n"),

  async run(words, terminal) {
    const { values, positionals } = readWords(
      "respond",
      words,
      { ...checkOptions, output: { type: "string" }, mailbox: { type: "string" }, ods: { type: "string" } },
      { min: 1, max: 1, name: "FILE" },
    );
    const settings = readCheckOptions(values);
    const responder = readResponder(values);
    const [file = ""] = positionals;
    const found = await oneMessage(file, values.ctl);
    if (values.output !== undefined) await refuseOverwriting(found, values.output);
    const input = await readWhole(found, settings.maxBytes);
    const { response, reason } = answerTo(file, input, settings, responder, new Date());

    if (values.output === undefined) {
      await terminal.write(response.xml);
    } else {
      await using output = await fileOutput(values.output);
      await output.write(response.xml);
      await output.finish();
    }
    terminal.complain(reason);
    const where = destination(input);
    if (where !== undefined) terminal.complain(where);
    return 0;
  },
};

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

function readResponder({ mailbox, ods }: { mailbox?: string | undefined; ods?: string | undefined }): Responder {
  if (mailbox === undefined && ods === undefined) return sample;
  if (mailbox === undefined || ods === undefined) throw new CliError("usage", "--mailbox and --ods go together");
  try {
    return { mailboxId: parseMailboxId(mailbox), odsCode: parseOdsCode(ods) };
  } catch (cause) {
    if (!(cause instanceof CodedError)) throw cause;
    throw new CliError("usage", cause.message, { cause });
  }
}
