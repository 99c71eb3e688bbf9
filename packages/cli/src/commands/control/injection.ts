import { readFile } from "node:fs/promises";
import { type Control, LARGEST_BODY, operations } from "@restante/control";
import { asDurableError } from "@restante/durable";
import { readMessage, wordsBeside } from "@restante/itk3";
import type { Given } from "../../command-line/tree.ts";
import { CliError } from "../../errors.ts";
import type { Terminal } from "../../terminal/terminal.ts";
import { typedInput, type VerbValues } from "./verb.ts";

interface InjectValues extends VerbValues {
  readonly file?: string | undefined;
  readonly itk3?: string | undefined;
  readonly text?: string | undefined;
  readonly workflowId?: string | undefined;
}

/**
 * What `messages inject` was typed with: the body from a file or the command line and, of an ITK3 message, what goes beside it.
 *
 * @throws CliError `usage` for none or two bodies, or no workflow; `input-unreadable` for an ITK3 message that is none
 */
export async function readInjection(
  given: Given<VerbValues>,
  control: () => Promise<Control>,
  { complain }: Pick<Terminal, "complain">,
): Promise<object> {
  const { file, itk3, text, workflowId } = given.options as InjectValues;
  if ([file, itk3, text].filter((body) => body !== undefined).length !== 1) {
    throw new CliError("usage", "a message has one body: --file FILE, --itk3 FILE or --text TEXT");
  }
  const typed = typedInput(operations["messages.inject"], given, { mailbox: "MAILBOX" });
  const told: Record<string, string> = itk3 === undefined ? {} : await readItk3(itk3);
  if (workflowId === undefined && !("workflowId" in told)) {
    const why = itk3 === undefined ? "" : ": a response does not say which message's workflow it answers on";
    throw new CliError("usage", `--workflow-id WORKFLOW is missing${why}`);
  }
  if (typed["from"] === undefined && told["from"] !== undefined && !(await isKnown(await control(), told["from"]))) {
    complain(
      "The server has no such mailbox as the message says it comes from: it comes from MAILBOX itself. See --from.",
    );
    delete told["from"];
  }
  return { ...told, ...(file !== undefined && { body: (await readBody(file)).toString("base64") }), ...typed };
}

async function isKnown(control: Control, id: string): Promise<boolean> {
  const { mailboxes } = await control.mailboxes.list();
  return mailboxes.some(({ mailbox }) => mailbox === id.trim().toUpperCase());
}

async function readItk3(file: string): Promise<Record<string, string>> {
  const content = await readBody(file);
  const { message } = readMessage(content, { maxBytes: LARGEST_BODY });
  if (message === undefined) {
    throw new CliError(
      "input-unreadable",
      `${file} is no ITK3 message: restante check says why; --file puts it in as it is`,
    );
  }
  const known = Object.entries(wordsBeside(message)).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  return { ...Object.fromEntries(known), body: content.toString("base64") };
}

async function readBody(file: string): Promise<Buffer> {
  const content = await readFile(file).catch((cause: unknown) => {
    throw asDurableError(cause, file);
  });
  if (content.length <= LARGEST_BODY) return content;
  const limit = `${LARGEST_BODY / 1_000_000} MB`;
  throw new CliError("input-unreadable", `${file} is larger than ${limit}: send it with a client instead`);
}
