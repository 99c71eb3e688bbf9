// What a row of the audit says, in words for a person.
import type { Tag } from "../../tag.ts";
import type { AuditAct, AuditOutcome } from "../entry.ts";

/** What was to be done: how that ended stands beside it. */
export const actNames: Readonly<Record<AuditAct, string>> = {
  list: "Look at a list",
  view: "Look at",
  download: "Open or download a file",
  print: "Print",
  search: "Search",
  "read-audit": "Read the audit",
  resolve: "Be shown what it stands for",
  verify: "Verify the audit",
  complete: "Mark as done",
  reopen: "Open again",
  "deal-with": "Mark as dealt with",
  undo: "Take back that it is dealt with",
  answer: "Answer",
  "send-again": "Send again",
  "take-back": "Take back what was to be sent",
  assign: "Give to somebody, or hand back",
  prioritise: "Set priority and due date",
  comment: "Comment",
  save: "Have a document saved for the record system",
  "save-and-complete": "Have a document saved for the record system, and mark as done",
  "stop-saving": "Stop the saving of a document",
  "send-notices": "Send notices again",
  "end-notices": "End notices that could not be sent",
  match: "Say what a patient is to the organisation",
  "sign-in": "Sign in",
  "second-factor": "Set up or give up codes",
  "sign-out": "Sign out",
  "change-password": "Change a password",
  "add-user": "Add a user",
  "change-user": "Change a user",
  "add-token": "Add a token",
  "revoke-token": "Revoke a token",
  "remove-rows": "Remove old rows of the audit",
};

export const outcomeTags: Readonly<Record<AuditOutcome, Tag>> = {
  asked: {
    text: "Asked for",
    colour: "blue",
    meaning: "Written down before it was done. It was then done, unless a later row of it says otherwise.",
  },
  done: { text: "Done", colour: "green", meaning: "It was shown, or done." },
  refused: { text: "Refused", colour: "red", meaning: "They may not, or are not who they say." },
  "not-done": {
    text: "Not done",
    colour: "grey",
    meaning: "There is no such thing, or it cannot be done to it as it is.",
  },
  failed: { text: "Failed", colour: "orange", meaning: "The system could not." },
};

const unknownTag: Tag = { text: "Not known", colour: "red", meaning: "No row is written so." };

/** A row may say anything once somebody has changed it. */
export function actOf(act: string): string {
  return Object.hasOwn(actNames, act) ? actNames[act as AuditAct] : `Not known (${act})`;
}

export function outcomeOf(outcome: string): Tag {
  return Object.hasOwn(outcomeTags, outcome) ? outcomeTags[outcome as AuditOutcome] : unknownTag;
}

const plainActors: Readonly<Record<string, string>> = {
  "this-computer": "Whoever uses this computer",
  nobody: "Somebody not signed in",
  issuer: "The issuer of sign-ins",
  retention: "The retention that is set",
};

/** @param nameOf of a user */
export function actorWords(actor: string, nameOf: (id: string) => string | undefined): string {
  return Object.hasOwn(plainActors, actor) ? plainActors[actor]! : (nameOf(actor) ?? actor);
}

export function sourceWords(source: string): string {
  if (source === "system") return "by this system";
  return source === "command" ? "by a command" : `from ${source}`;
}
