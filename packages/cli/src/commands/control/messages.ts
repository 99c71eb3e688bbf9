import { type MessageSummary, operations, type WholeMessage } from "@restante/control";
import { visible } from "../../check/words.ts";
import type { Act } from "../../command-line/tree.ts";
import { columns } from "../../terminal/columns.ts";
import type { Paint } from "../../terminal/terminal.ts";
import { readInjection } from "./injection.ts";
import { typedInput, verb, type VerbValues } from "./verb.ts";

export const list: Act<VerbValues> = verb("messages.list", ({ messages, next }, { paint }) => [
  ...table(messages, paint),
  ...(next === undefined ? [] : [paint.dim(`There are more: --before ${next}`)]),
]);

export const wait: Act<VerbValues> = verb("messages.wait", ({ messages }, { paint }) => table(messages, paint));

export const expectNone: Act<VerbValues> = verb("messages.expectNone", ({ waitedMs }, { paint }) => [
  paint.green(`Nothing came in ${(waitedMs / 1000).toLocaleString("en-GB")} s.`),
]);

export const peek: Act<VerbValues> = verb("messages.peek", whole, {
  words: { messageId: "ID" },
  input: (given) => {
    const { messageId, bytes, ...filter } = typedInput(peeked, given, { messageId: "ID" });
    return {
      messageId,
      ...(bytes !== undefined && { bytes }),
      ...(Object.keys(filter).length > 0 && { filter }),
    };
  },
});

/** The filter's properties are typed beside the others. */
const peeked = {
  ...operations["messages.peek"],
  input: {
    ...operations["messages.peek"].input,
    json: {
      properties: {
        ...operations["messages.peek"].input.json.properties,
        ...operations["messages.peek"].input.json.properties?.["filter"]?.properties,
      },
    },
  },
};

export const inject: Act<VerbValues> = verb(
  "messages.inject",
  ({ messageId }, { paint }, { mailbox }) => [paint.green(`Put into ${mailbox} as ${messageId}`)],
  { words: { mailbox: "MAILBOX" }, input: readInjection },
);

export const report: Act<VerbValues> = verb(
  "messages.report",
  ({ messageId }, { paint }, { mailbox }) => [paint.green(`Put into ${mailbox} as report ${messageId}`)],
  { words: { mailbox: "MAILBOX", workflowId: "WORKFLOW", code: "CODE", description: "DESCRIPTION" } },
);

export const putBack: Act<VerbValues> = verb(
  "messages.putBack",
  ({ messageId, collectBy }) => [`${messageId} is listed again, until ${collectBy}`],
  { words: { messageId: "ID" } },
);

/** Without what may name a patient: a list is looked at over shoulders. */
function table(messages: readonly MessageSummary[], paint: Paint): string[] {
  if (messages.length === 0) return ["No message fits."];
  const rows = messages.map((message) => [
    message.messageId,
    message.state,
    message.type === "REPORT" ? `report ${message.status?.code ?? ""}`.trim() : (message.from ?? "?"),
    `-> ${message.mailbox ?? "?"}`,
    message.workflowId,
    `${message.bytes.toLocaleString("en-GB")} bytes`,
    message.acceptedAt ?? message.createdAt,
  ]);
  const [head = "", ...lines] = columns([["MESSAGE", "STATE", "FROM", "TO", "WORKFLOW", "SIZE", "ACCEPTED"], ...rows]);
  return [paint.bold(head), ...lines.map(visible).map((line, index) => tinted(line, messages[index]!, paint))];
}

function tinted(line: string, { type, state }: MessageSummary, paint: Paint): string {
  if (state === "failed" || state === "undelivered" || state === "damaged") return paint.red(line);
  return type === "REPORT" ? paint.yellow(line) : line;
}

function whole(message: WholeMessage, { paint }: { paint: Paint }): string[] {
  const { messageId, type, state, mailbox, bytes, chunks, createdAt, acceptedAt, changedAt, dueAt, status } = message;
  const facts: [string, string | undefined][] = [
    ["message", messageId],
    ["type", type],
    ["state", state],
    ["mailbox", mailbox],
    ["size", `${bytes.toLocaleString("en-GB")} bytes in ${chunks === 1 ? "one chunk" : `${chunks} chunks`}`],
    ["created", createdAt],
    ["accepted", acceptedAt],
    ["changed", changedAt],
    ["due", dueAt],
    ["status", status && `${status.event} ${status.code} ${status.description}`],
  ];
  return [
    ...pairs(facts.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]))),
    "",
    paint.bold("Headers"),
    ...pairs(Object.entries(message.headers)),
    "",
    paint.bold(message.isWhole ? "Body" : "The beginning of the body"),
    ...bodyLines(message),
  ];
}

function pairs(rows: readonly (readonly string[])[]): string[] {
  return columns(rows).map(visible);
}

function bodyLines({ body, text }: WholeMessage): string[] {
  if (body === "") return ["(nothing)"];
  if (text === undefined) return ["(no text in UTF-8: --json has it in Base64)"];
  return text.split(/\r?\n/).map((line) => visible(line.replaceAll("\t", "  ")));
}
