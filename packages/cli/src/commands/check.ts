import { checkAll } from "../check/check-all.ts";
import { checkOptions, checkOptionsHelp, readCheckOptions } from "../check/check-options.ts";
import { findMessages, type MessageFile, oneMessage } from "../check/find-messages.ts";
import { type FormatName, formatNamed, formatNames } from "../check/format.ts";
import { fileOutput, refuseOverwriting } from "../check/report-output.ts";
import { sumLine } from "../check/text-report.ts";
import { visible } from "../check/words.ts";
import { exitStatus, isEmpty } from "../check/summary.ts";
import { type Command, readWords } from "../command.ts";
import { CliError } from "../errors.ts";
import { version } from "../help.ts";
import { plain } from "../terminal/terminal.ts";

export const checkCommand: Command = {
  help: [
    "Usage: restante check FILE... [OPTIONS]",
    "",
    "Says of each message whether it conforms (no requirement that must be met is broken) and whether it is acceptable",
    "(a receiver can give a person the document), and where it departs from which requirement. Given a folder, checks",
    "every .xml, .dat and .json file in and below it. See docs/checking.md.",
    "",
    checkOptionsHelp,
    `  --format FORMAT        ${formatNames.join(", ")} (default text)`,
    "  --output FILE          where to write the report (default: here)",
    "",
    "Exit status: 0 every message conforms and is acceptable, 1 one is not, 2 one cannot be read, there is none or this was typed wrong.",
  ].join("\n"),

  async run(words, terminal) {
    const { values, positionals } = readWords(
      "check",
      words,
      { ...checkOptions, format: { type: "string", default: "text" }, output: { type: "string" } },
      { min: 1, max: Number.POSITIVE_INFINITY, name: "FILE" },
    );
    const settings = readCheckOptions(values);
    const format = formatNamed(readFormat(values.format), {
      paint: values.output === undefined ? terminal.paint : plain,
      columns: terminal.columns,
      version: version(),
      now: new Date(),
    });
    const found = values.ctl === undefined ? findMessages(positionals) : messageWith(values.ctl, positionals);
    const files = values.output === undefined ? found : sparing(found, values.output);
    await using output = values.output === undefined ? undefined : await fileOutput(values.output);
    const write = output === undefined ? terminal.write : output.write.bind(output);
    const summary = await checkAll(files, settings, format, write, terminal);
    if (summary.files.length === 0) {
      throw new CliError("input-unreadable", `no .xml, .dat or .json file in ${positionals.join(", ")}`);
    }
    if (terminal.stop.aborted) {
      terminal.complain(`Stopped after ${summary.files.length} files.`);
      return 1;
    }
    await output?.finish();
    if (values.output !== undefined) {
      terminal.complain(sumLine(summary));
      terminal.complain(`Report in ${visible(values.output)}.`);
    }
    if (isEmpty(summary)) terminal.complain("No message was checked: all that was found was passed over.");
    return exitStatus(summary);
  },
};

function readFormat(text: string): FormatName {
  const found = formatNames.find((name) => name === text);
  if (found === undefined) throw new CliError("usage", `--format is one of ${formatNames.join(", ")}, not '${text}'`);
  return found;
}

async function* sparing(files: AsyncIterable<MessageFile>, output: string): AsyncGenerator<MessageFile> {
  for await (const found of files) {
    await refuseOverwriting(found, output);
    yield found;
  }
}

/** One message and the control file named for it. */
async function* messageWith(controlFile: string, places: readonly string[]): AsyncGenerator<MessageFile> {
  const [file = ""] = places;
  if (places.length > 1) throw new CliError("usage", "--ctl goes with one FILE");
  yield await oneMessage(file, controlFile);
}
