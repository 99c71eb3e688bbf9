import { command, type Command } from "../../command-line/tree.ts";
import { SAMPLE_RESPONDER } from "../../defaults.ts";
import { checkOptions, mailbox, ods, output } from "../options/message.ts";

export const respondWords: Command = command({
  name: "respond",
  summary: "write the infrastructure response that a message calls for",
  about:
    "Checks a message and writes the ITK3 response that a receiver gives it: 20013, or the code it is refused with. Says which and why on the error stream. Responses (ITK008M), and whatever came on an _ACK workflow, are not answered: two systems would answer each other for ever. Nor is a message that asks for no response.",
  arguments: [{ name: "FILE", about: "the message", place: "file" }],
  options: { output, mailbox, ods, ...checkOptions },
  remarks: [
    `Unless --mailbox and --ods say otherwise, who answers is ${SAMPLE_RESPONDER.mailboxId} of ${SAMPLE_RESPONDER.odsCode}, the practice of the sample economy.`,
    "Exit status: 0 answered, 1 not answered or the response cannot be written, 2 the input cannot be read or this was typed wrong.",
  ],
  examples: ["message.xml --output response.xml"],
  load: async () => (await import("../respond.ts")).respond,
});
