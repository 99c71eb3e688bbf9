// Options of the commands that look at the audit of an organisation's pages.
import type { AuditAct } from "@restante/web";
import { oneOf, text } from "../../command-line/kinds.ts";
import { flag, type Kind, type Option, optional, repeated } from "../../command-line/option.ts";

const log: Option<readonly string[]> = repeated("log", text("a file", "file"), {
  value: "FILE",
  about: "a log of the system, or an older one put aside: the seals that it has must be those of the audit",
});

export const verifyOptions: { readonly log: typeof log } = { log };

/** By its form alone: whether there is such a day is seen where it is used. */
const time: Kind<string> = {
  wanted: "a day such as 2026-01-31, or a time such as 2026-01-31T12:00:00Z",
  isNumber: false,
  read: (typed) => (/^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}:\d{2}Z)?$/.test(typed) ? typed : undefined),
};

const fromTime: Option<string | undefined> = optional("from-time", time, {
  value: "TIME",
  about: "only rows of this moment or later; a day begins as it does in the United Kingdom",
});

const toTime: Option<string | undefined> = optional("to-time", time, {
  value: "TIME",
  about: "only rows before this moment, or before this day",
});

/** By its form: of a sign-in name nothing would be found, which would pass for nothing having been done. */
const actorId: Kind<string> = {
  wanted: "the id of a user ('restante user list --json' has it), token:NAME, this-computer or nobody",
  isNumber: false,
  read: (typed) => (/^(?:u-[a-z0-9]+|token:[a-z0-9._-]+|this-computer|nobody)$/.test(typed) ? typed : undefined),
};

const actor: Option<string | undefined> = optional("actor", actorId, {
  value: "ID",
  about:
    "only what this user did, by the id that the audit and 'restante user list --json' have; or token:NAME, this-computer, nobody",
});

/** All of them, or it does not compile. */
const acts: Readonly<Record<AuditAct, true>> = {
  list: true,
  view: true,
  download: true,
  print: true,
  search: true,
  "read-audit": true,
  resolve: true,
  verify: true,
  complete: true,
  reopen: true,
  "deal-with": true,
  undo: true,
  answer: true,
  "send-again": true,
  "take-back": true,
  save: true,
  "save-and-complete": true,
  "stop-saving": true,
  assign: true,
  prioritise: true,
  comment: true,
  "send-notices": true,
  "end-notices": true,
  match: true,
  "sign-in": true,
  "second-factor": true,
  "sign-out": true,
  "change-password": true,
  "add-user": true,
  "change-user": true,
  "add-token": true,
  "revoke-token": true,
  "remove-rows": true,
};

const act: Option<AuditAct | undefined> = optional("act", oneOf(Object.keys(acts) as AuditAct[]), {
  value: "ACT",
  about: "only this act",
});

const about: Option<string | undefined> = optional("about", text("what a row is about, such as task:12"), {
  value: "SUBJECT",
  about: "only rows about this, such as task:12",
});

const csv: Option<boolean> = flag("csv", "print comma-separated values, for a spreadsheet, instead of JSON");

export const exportOptions: {
  readonly fromTime: typeof fromTime;
  readonly toTime: typeof toTime;
  readonly actor: typeof actor;
  readonly act: typeof act;
  readonly about: typeof about;
  readonly csv: typeof csv;
} = { fromTime, toTime, actor, act, about, csv };
