import { checkAll } from "../check/check-all.ts";
import { type CheckOptionValues, checkSettings } from "../check/check-options.ts";
import { findMessages, type MessageFile, oneMessage } from "../check/find-messages.ts";
import { type FormatName, formatNamed } from "../check/format.ts";
import { fileOutput, refuseOverwriting } from "../check/report-output.ts";
import { sumLine } from "../check/text-report.ts";
import { visible } from "../check/words.ts";
import { exitStatus, isEmpty } from "../check/summary.ts";
import type { Given } from "../command-line/tree.ts";
import { CliError } from "../errors.ts";
import { plain, type Terminal } from "../terminal/terminal.ts";
import { version } from "../version.ts";

interface CheckValues extends CheckOptionValues {
  readonly format: FormatName;
  readonly output: string | undefined;
}

export async function check({ options, words }: Given<CheckValues>, terminal: Terminal): Promise<number> {
  const format = formatNamed(options.format, {
    paint: options.output === undefined ? terminal.paint : plain,
    columns: terminal.columns,
    version: version(),
    now: new Date(),
  });
  const found = options.ctl === undefined ? findMessages(words) : messageWith(options.ctl, words);
  const files = options.output === undefined ? found : sparing(found, options.output);
  await using output = options.output === undefined ? undefined : await fileOutput(options.output);
  const write = output === undefined ? terminal.write : output.write.bind(output);
  const summary = await checkAll(files, checkSettings(options), format, write, terminal);
  if (summary.files.length === 0) {
    throw new CliError("input-unreadable", `no .xml, .dat or .json file in ${words.join(", ")}`);
  }
  if (terminal.stop.aborted) {
    terminal.complain(`Stopped after ${summary.files.length} files.`);
    return 1;
  }
  await output?.finish();
  if (options.output !== undefined) {
    terminal.complain(sumLine(summary));
    terminal.complain(`Report in ${visible(options.output)}.`);
  }
  if (isEmpty(summary)) terminal.complain("No message was checked: all that was found was passed over.");
  return exitStatus(summary);
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
