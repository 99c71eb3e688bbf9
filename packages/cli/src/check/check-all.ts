import type { Terminal } from "../terminal/terminal.ts";
import { checkFile, type FileOptions } from "./file-report.ts";
import type { MessageFile } from "./find-messages.ts";
import type { ReportFormat } from "./report-format.ts";
import { openSpool } from "./report-output.ts";
import { addToSummary, emptySummary, type Summary } from "./summary.ts";
import { count, visible } from "./words.ts";

/** How often the progress line is drawn, in milliseconds. */
const DRAW_MS = 100;

/**
 * Checks what `files` gives, one after the other, and writes the report. Memory holds one file at a time and a line of
 * summary for each.
 */
export async function checkAll(
  files: AsyncIterable<MessageFile>,
  options: FileOptions,
  format: ReportFormat,
  write: (text: string) => Promise<void>,
  terminal: Pick<Terminal, "progress" | "stop">,
): Promise<Summary> {
  const summary = emptySummary();
  await using spool = format.live ? undefined : await openSpool();
  if (spool === undefined) await write(format.head(summary));
  let drawn = 0;
  for await (const found of files) {
    if (terminal.stop.aborted) break;
    if (performance.now() - drawn > DRAW_MS) {
      terminal.progress(`${count(summary.files.length, "file", "files")} checked, now ${visible(found.file)}`);
      drawn = performance.now();
    }
    const report = await checkFile(found, options);
    const text = format.file(report, summary.files.length);
    addToSummary(summary, report);
    if (spool === undefined) terminal.progress("");
    await (spool ?? { write }).write(text);
  }
  terminal.progress("");
  if (summary.files.length === 0) return summary;
  if (spool !== undefined) {
    await write(format.head(summary));
    for await (const piece of spool.read()) await write(piece);
  }
  await write(format.tail(summary));
  return summary;
}
