import type { MailboxSummary } from "@restante/control";
import { visible } from "../../check/words.ts";
import type { Act } from "../../command-line/tree.ts";
import { columns } from "../../terminal/columns.ts";
import type { Paint } from "../../terminal/terminal.ts";
import { verb, type VerbValues } from "./verb.ts";

export const list: Act<VerbValues> = verb("mailboxes.list", ({ mailboxes }, { paint }) => table(mailboxes, paint));

export const close: Act<VerbValues> = verb("mailboxes.close", (mailbox, { paint }) => table([mailbox], paint), {
  words: { mailbox: "MAILBOX", reason: "REASON" },
});

export const open: Act<VerbValues> = verb("mailboxes.open", (mailbox, { paint }) => table([mailbox], paint), {
  words: { mailbox: "MAILBOX" },
});

function table(mailboxes: readonly MailboxSummary[], paint: Paint): string[] {
  if (mailboxes.length === 0) return ["There are no mailboxes."];
  const rows = mailboxes.map(({ mailbox, odsCode, name, waiting, closed }) => [
    mailbox,
    odsCode,
    `${waiting.messages.toLocaleString("en-GB")} waiting`,
    `${waiting.bytes.toLocaleString("en-GB")} bytes`,
    closed === undefined ? "open" : `closed since ${closed.at}: ${closed.reason}`,
    name,
  ]);
  const [head = "", ...lines] = columns([["MAILBOX", "ODS CODE", "MESSAGES", "SIZE", "STATE", "NAME"], ...rows]);
  return [
    paint.bold(head),
    ...lines.map((line, index) =>
      mailboxes[index]?.closed === undefined ? visible(line) : paint.yellow(visible(line)),
    ),
  ];
}
