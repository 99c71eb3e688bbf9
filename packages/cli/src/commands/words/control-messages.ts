import { type Argument, command, type Command, group, type Group } from "../../command-line/tree.ts";
import {
  bytes,
  filterOptions,
  filterRemark,
  injectOptions,
  json,
  pageOptions,
  reachOptions,
  reachRemark,
  reportOptions,
  waitOptions,
} from "../options/control.ts";

const mailbox: Argument = { name: "MAILBOX", about: "the mailbox it is put into" };

const list: Command = command({
  name: "list",
  summary: "list messages, the newest first",
  about:
    "Lists messages of every mailbox and state, the newest first. What may name a patient is left out: --json has it.",
  options: { ...filterOptions, ...pageOptions, json, ...reachOptions },
  remarks: [filterRemark, reachRemark],
  examples: ["", "--mailbox X26ABC1 --state accepted", "--type REPORT --code 14 --json"],
  load: async () => (await import("../control/messages.ts")).list,
});

const peek: Command = command({
  name: "peek",
  summary: "show one message with all its headers and its body",
  about: "Shows one message: where it stands, all its headers, its body. It stays as it is: nobody has downloaded it.",
  arguments: [{ name: "ID", about: "the message; latest: the newest of those that fit the filters" }],
  options: { bytes, ...filterOptions, json, ...reachOptions },
  remarks: [`The filters go with latest. ${filterRemark}`, reachRemark],
  examples: ["latest", "latest --mailbox X26ABC1 --type REPORT", "20260131120000000000_ABCDEF --json"],
  load: async () => (await import("../control/messages.ts")).peek,
});

const inject: Command = command({
  name: "inject",
  summary: "put a message into a mailbox, as if another had sent it",
  about:
    "Puts a message into a mailbox: a file as it is, an ITK3 message, or a text. Nobody's token is used and no workflow is asked about. A closed mailbox takes none.",
  arguments: [mailbox],
  options: { ...injectOptions, json, ...reachOptions },
  remarks: [reachRemark],
  examples: [
    "X26ABC1 --workflow-id TEST_WORKFLOW --text hello",
    "X26ABC1 --workflow-id TEST_WORKFLOW --file letter.pdf --content-type application/pdf",
    "X26ABC1 --itk3 message.xml",
  ],
  load: async () => (await import("../control/messages.ts")).inject,
});

const report: Command = command({
  name: "report",
  summary: "put a report into a mailbox, of any code",
  about: "Puts a report into a mailbox, as MESH does when a message was not collected, or could not be routed.",
  arguments: [
    mailbox,
    { name: "WORKFLOW", about: "the workflow of the message it is about" },
    { name: "CODE", about: "its code, such as 14 or EPL-151" },
    { name: "DESCRIPTION", about: "what the code means" },
  ],
  options: { ...reportOptions, json, ...reachOptions },
  remarks: [reachRemark],
  examples: ["X26ABC1 TEST_WORKFLOW 14 'Message not collected by recipient after 5 days'"],
  load: async () => (await import("../control/messages.ts")).report,
});

const wait: Command = command({
  name: "wait",
  summary: "wait until so many messages fit",
  about:
    "Ends once so many messages fit, those that are there already too (with --after or --since, only what came later), and lists them. If the time is over before, it says how many came and what came instead, with status 1.",
  options: { ...waitOptions, ...filterOptions, json, ...reachOptions },
  remarks: [`${filterRemark} At most 5000 messages are waited for.`, reachRemark],
  examples: [
    "--mailbox X26ABC1 --count 3 --within 30s",
    "--type REPORT --linked-message-id 20260131120000000000_ABCDEF",
  ],
  load: async () => (await import("../control/messages.ts")).wait,
});

const expectNone: Command = command({
  name: "expect-none",
  summary: "wait, and see that no message that fits comes",
  about:
    "Ends when the time is over and no message that fits has come since now or, with --after or --since, since then. If one comes it says so at once, with status 1. With --count, fewer than so many may come.",
  options: { ...waitOptions, ...filterOptions, json, ...reachOptions },
  remarks: [filterRemark, reachRemark],
  examples: ["--mailbox X26ABC1 --within 5s"],
  load: async () => (await import("../control/messages.ts")).expectNone,
});

const putBack: Command = command({
  name: "put-back",
  summary: "list an undelivered message again",
  about:
    "Lists a message again that was not collected in time, as an operator would. Its sender was told that it was not collected; a second expiry reports it again.",
  arguments: [{ name: "ID", about: "the message" }],
  options: { json, ...reachOptions },
  remarks: [reachRemark],
  examples: ["20260131120000000000_ABCDEF"],
  load: async () => (await import("../control/messages.ts")).putBack,
});

export const messageVerbs: Group = group({
  name: "messages",
  summary: "list, show, put in, wait for and put back messages",
  about: "Shows the messages of a development server, puts others into its mailboxes, and waits for them.",
  entries: [list, peek, inject, report, wait, expectNone, putBack],
});
