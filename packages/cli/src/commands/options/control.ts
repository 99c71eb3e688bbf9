// Options of the verbs of control. Their names are those of the verbs' own properties (`workflowId`, `--workflow-id`),
// unless another command has the name for something else; a test holds them against the table of control.
import type { ControlPlace } from "@restante/control";
import { oneOf, several, text, wholeNumber } from "../../command-line/kinds.ts";
import { flag, type Kind, type Option, optional } from "../../command-line/option.ts";
import { economyOptions } from "./economy.ts";
import { mailbox } from "./message.ts";
import { count } from "./nhs-number.ts";

const file = text("a file", "file");
const duration = text("a duration, such as 90s or 1d12h");
const id = text("an id");

// Which server.

const place: Kind<ControlPlace> = {
  wanted: "a URL such as http://127.0.0.1:8701, a port of this machine, or the path of a socket",
  isNumber: false,
  place: "file",
  read: (typed) => {
    if (/^\d{1,5}$/.test(typed)) return { url: `http://127.0.0.1:${typed}` };
    if (/^https?:/.test(typed)) return { url: typed };
    return typed === "" ? undefined : { socket: typed };
  },
};

const server: Option<ControlPlace | undefined> = optional("server", place, {
  value: "WHERE",
  about: "where its control listens: a URL, a port of this machine, or a socket",
  otherwise: "what the folder of --data says",
});

const tokenFile: Option<string | undefined> = optional("token-file", file, {
  value: "FILE",
  about: "the file of its token",
  otherwise: "the environment's RESTANTE_CONTROL_TOKEN, or what the folder of --data says",
});

export const reachOptions: {
  readonly server: typeof server;
  readonly data: typeof economyOptions.data;
  readonly tokenFile: typeof tokenFile;
} = { server, data: economyOptions.data, tokenFile };

export const reachRemark =
  "The server is found by the folder it runs on (--data DIR), or by --server and its token. Exit status: 0 done, 1 not done or not what was waited for, 2 typed wrong.";

export const json: Option<boolean> = flag(
  "json",
  "print JSON, for a program; of control, the server's answer as it gave it, and a refusal too, with its code",
);

// Which messages. Every one that is given must fit; a text with * at its end fits what begins so.

const from: Option<string | undefined> = optional("from", id, {
  value: "ID",
  about: "the mailbox that sent it; what is put in comes from its own mailbox unless this says otherwise",
});

export const workflowId: Option<string | undefined> = optional("workflow-id", text("a workflow"), {
  value: "WORKFLOW",
  about: "its workflow",
});

const type: Option<"DATA" | "REPORT" | undefined> = optional("type", oneOf(["DATA", "REPORT"]), {
  value: "TYPE",
  about: "a message or a report",
});

const state: Option<string | undefined> = optional(
  "state",
  oneOf(["uploading", "routing", "accepted", "acknowledged", "undelivered", "failed", "damaged", "abandoned"]),
  { value: "STATE", about: "where its life stands" },
);

const localId: Option<string | undefined> = optional("local-id", id, {
  value: "ID",
  about: "the local id that its sender gave it",
});

const subject: Option<string | undefined> = optional("subject", text("a text"), {
  value: "TEXT",
  about: "its subject",
});

const fileName: Option<string | undefined> = optional("file-name", text("a name"), {
  value: "NAME",
  about: "its file name",
});

const linkedMessageId: Option<string | undefined> = optional("linked-message-id", id, {
  value: "ID",
  about: "of a report: the message it is about",
});

const code: Option<string | undefined> = optional("code", text("a code"), {
  value: "CODE",
  about: "of a report: its code, such as 14 or EPL-151",
});

const containing: Option<string | undefined> = optional("containing", text("a text"), {
  value: "TEXT",
  about: "what its body holds, as UTF-8",
});

export const filterOptions: {
  readonly mailbox: typeof mailbox;
  readonly from: typeof from;
  readonly workflowId: typeof workflowId;
  readonly type: typeof type;
  readonly state: typeof state;
  readonly localId: typeof localId;
  readonly subject: typeof subject;
  readonly fileName: typeof fileName;
  readonly linkedMessageId: typeof linkedMessageId;
  readonly code: typeof code;
  readonly containing: typeof containing;
} = { mailbox, from, workflowId, type, state, localId, subject, fileName, linkedMessageId, code, containing };

export const filterRemark =
  "Every filter that is given must fit. A text fits if it is equal or, with * at its end, if it begins so; ids of mailboxes and messages, and codes, fit in any case.";

const limit: Option<number | undefined> = optional("limit", wholeNumber({ from: 1, to: 500 }), {
  value: "N",
  about: "the longest page",
  otherwise: "50",
});

const before: Option<string | undefined> = optional("before", text("what the page before said"), {
  value: "NEXT",
  about: "go on after a page",
});

export const pageOptions: { readonly limit: typeof limit; readonly before: typeof before } = { limit, before };

const within: Option<string | undefined> = optional("within", duration, {
  value: "DURATION",
  about: "how long it waits at most",
  otherwise: "10s",
  note: "at most 10m",
});

const after: Option<string | undefined> = optional("after", id, {
  value: "ID",
  about: "only what was accepted after this message",
});

const since: Option<string | undefined> = optional("since", text("a time such as 2026-01-31T12:00:00Z"), {
  value: "TIME",
  about: "only what was accepted at this time of the server's clock or later",
});

export const waitOptions: {
  readonly count: typeof count;
  readonly within: typeof within;
  readonly after: typeof after;
  readonly since: typeof since;
} = { count, within, after, since };

export const bytes: Option<number | undefined> = optional("bytes", wholeNumber({ to: 100_000_000 }), {
  value: "N",
  about: "so much of the body",
});

// What is put into a mailbox.

const bodyFile: Option<string | undefined> = optional("file", file, { value: "FILE", about: "its body, as it is" });

const itk3: Option<string | undefined> = optional("itk3", file, {
  value: "FILE",
  about:
    "its body, an ITK3 message: workflow, local id, subject and who sent it are told from it, where they are not typed",
});

const bodyText: Option<string | undefined> = optional("text", text("a text"), {
  value: "TEXT",
  about: "its body, as UTF-8",
});

const partnerId: Option<string | undefined> = optional("partner-id", id, {
  value: "ID",
  about: "its sender's own word, given back",
});

const checksum: Option<string | undefined> = optional("checksum", text("a checksum"), {
  value: "TEXT",
  about: "its checksum, which nobody checks",
});

export const contentType: Option<string | undefined> = optional("content-type", text("a content type"), {
  value: "TYPE",
  about: "the content type",
});

const contentEncoding: Option<"gzip" | undefined> = optional("content-encoding", oneOf(["gzip"]), {
  value: "KIND",
  about: "how the body is encoded",
  otherwise: "it is as it is",
});

const encrypted: Option<string | undefined> = optional("encrypted", text("Y or N"), {
  value: "Y|N",
  about: "what its recipient is told",
});

const compressed: Option<string | undefined> = optional("compressed", text("Y or N"), {
  value: "Y|N",
  about: "what its recipient is told",
});

export const injectOptions: {
  readonly file: typeof bodyFile;
  readonly itk3: typeof itk3;
  readonly text: typeof bodyText;
  readonly workflowId: typeof workflowId;
  readonly from: typeof from;
  readonly subject: typeof subject;
  readonly localId: typeof localId;
  readonly fileName: typeof fileName;
  readonly partnerId: typeof partnerId;
  readonly checksum: typeof checksum;
  readonly contentType: typeof contentType;
  readonly contentEncoding: typeof contentEncoding;
  readonly encrypted: typeof encrypted;
  readonly compressed: typeof compressed;
} = {
  file: bodyFile,
  itk3,
  text: bodyText,
  workflowId,
  from,
  subject,
  localId,
  fileName,
  partnerId,
  checksum,
  contentType,
  contentEncoding,
  encrypted,
  compressed,
};

const event: Option<string | undefined> = optional("event", text("a word"), {
  value: "WORD",
  about: "what was done when it happened, such as TRANSFER",
  otherwise: "as MESH has it",
});

export const reportOptions: {
  readonly event: typeof event;
  readonly linkedMessageId: typeof linkedMessageId;
  readonly subject: typeof subject;
  readonly localId: typeof localId;
  readonly fileName: typeof fileName;
} = { event, linkedMessageId, subject, localId, fileName };

// What goes wrong.

const times: Option<number | undefined> = optional("times", wholeNumber({ from: 1, to: 1_000_000 }), {
  value: "N",
  about: "the next so many requests",
});

const probability: Option<number | undefined> = optional(
  "probability",
  {
    wanted: "a number from 0 to 1",
    isNumber: true,
    read: (typed) => (/^(?:0(?:\.\d+)?|1(?:\.0+)?)$/.test(typed) ? Number(typed) : undefined),
  },
  { value: "P", about: "of each request that fits", otherwise: "every one" },
);

const seed: Option<number | undefined> = optional("seed", wholeNumber({ to: 4_294_967_295 }), {
  value: "N",
  about: "what the probability is drawn from, so that a run can be had again",
  otherwise: "1",
});

const status: Option<number | undefined> = optional("status", wholeNumber({ from: 200, to: 599 }), {
  value: "STATUS",
  about: "of status: the HTTP status",
});

const body: Option<string | undefined> = optional("body", text("a text"), {
  value: "TEXT",
  about: "of status: the text instead of the API's own error",
});

const retryAfter: Option<number | undefined> = optional("retry-after", wholeNumber({ to: 86_400 }), {
  value: "SECONDS",
  about: "of status: the header Retry-After",
});

const delay: Option<string | undefined> = optional("for", duration, {
  value: "DURATION",
  about: "of delay: how long",
});

const upTo: Option<string | undefined> = optional("up-to", duration, {
  value: "DURATION",
  about: "of delay: drawn between --for and this",
});

const bytesPerSecond: Option<number | undefined> = optional(
  "bytes-per-second",
  wholeNumber({ from: 1, to: 100_000_000 }),
  { value: "N", about: "of dribble: how fast" },
);

const by: Option<string | undefined> = optional(
  "by",
  { ...duration, isNumber: true },
  { value: "DURATION", about: "of token-clock: how wrong it is, such as 2h or -2h" },
);

export const faultOptions: {
  readonly mailbox: typeof mailbox;
  readonly times: typeof times;
  readonly probability: typeof probability;
  readonly seed: typeof seed;
  readonly status: typeof status;
  readonly body: typeof body;
  readonly retryAfter: typeof retryAfter;
  readonly for: typeof delay;
  readonly to: typeof upTo;
  readonly bytes: typeof bytes;
  readonly bytesPerSecond: typeof bytesPerSecond;
  readonly contentType: typeof contentType;
  readonly by: typeof by;
} = {
  mailbox,
  times,
  probability,
  seed,
  status,
  body,
  retryAfter,
  for: delay,
  to: upTo,
  bytes,
  bytesPerSecond,
  contentType,
  by,
};

export const faultId: Option<string | undefined> = optional("fault-id", id, {
  value: "ID",
  about: "this fault alone",
  otherwise: "all of them",
});

// Of the server as a whole.

export const practice: Option<string | undefined> = optional("ods-code", text("an ODS code"), {
  value: "CODE",
  about: "the practice at which the patient is registered now",
  otherwise: "at none",
});

const keep: Option<"mailboxes-and-faults" | "nothing" | undefined> = optional(
  "keep",
  oneOf(["mailboxes-and-faults", "nothing"]),
  { value: "WHAT", about: "what stays", otherwise: "mailboxes-and-faults" },
);

export const resetOptions: { readonly keep: typeof keep; readonly mailbox: typeof mailbox } = { keep, mailbox };

export const names: Option<readonly string[] | undefined> = optional(
  "names",
  several("the name of an event", /^[\w.:-]{1,100}$/),
  { value: "NAME,NAME", about: "only events of these names", otherwise: "all" },
);
