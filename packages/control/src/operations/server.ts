import {
  list,
  mailboxIdFormat,
  nhsNumberFormat,
  object,
  odsCodeFormat,
  oneOf,
  optional,
  type PropertiesOf,
  text,
  type TextFormat,
  whole,
} from "@restante/settings";
import type { ClockReading, PatientMove, Snapshot } from "../control.ts";
import { upTo } from "../duration.ts";
import { anyText, instant } from "./kinds.ts";
import type { AnswerOf, Described, DescribedGroup, InputOf, Nothing } from "./operation.ts";

// What is of the server as a whole: its clock, its demographics, its snapshots, and emptying it.

const reading = object<ClockReading>(
  {
    now: instant({ description: "What it says." }),
    ahead: anyText({ description: "How far it is before the real one." }),
  },
  { description: "The clock of expiry, deletion, retries and routing." },
);

export const clock: DescribedGroup<"clock"> = {
  "clock.read": {
    summary: "Reads the clock of expiry, deletion, retries and routing",
    input: object<Nothing>({}, { description: "Nothing." }),
    answer: reading,
    errors: [],
  },
  "clock.advance": {
    summary: "Moves the clock on, and answers when everything that fell due was done",
    remark: "Tokens, certificates and replay follow the real clock: who collected yesterday still can.",
    input: object<InputOf<"clock.advance">>(
      { by: text({ description: "By how much.", format: upTo("366d") }) },
      { description: "By how much." },
    ),
    answer: reading,
    errors: ["not-possible"],
  },
};

const move: PropertiesOf<PatientMove> = {
  nhsNumber: text({ description: "The patient.", format: nhsNumberFormat }),
  odsCode: optional(
    text({
      description: "The practice at which the patient is registered now. Absent: at none.",
      format: odsCodeFormat,
    }),
  ),
};

const patientMove = object<PatientMove>(move, { description: "Where a patient is registered." });

export const demographics: DescribedGroup<"demographics"> = {
  "demographics.read": {
    summary: "Lists the patients that were moved",
    remark: "Whether the demographics answer is for faults at `demographics`.",
    input: object<Nothing>({}, { description: "Nothing." }),
    answer: object<AnswerOf<"demographics.read">>(
      { moved: list(patientMove, { description: "Each where it is now." }) },
      { description: "The moves." },
    ),
    errors: [],
  },
  "demographics.move": {
    summary: "Registers a patient at another practice from now on, or at none",
    input: patientMove,
    answer: patientMove,
    errors: ["patient-unknown", "not-possible"],
  },
};

const snapshotName: TextFormat = {
  name: "snapshot-name",
  accepts: (given) => /^[A-Za-z0-9_-]{1,64}$/.test(given),
  pattern: "^[A-Za-z0-9_-]{1,64}$",
  problem: "must be a name of 1 to 64 letters, digits, hyphens and underscores",
};

const named: PropertiesOf<{ name: string }> = { name: text({ description: "Its name.", format: snapshotName }) };

const snapshot = object<Snapshot>(
  {
    name: anyText({ description: "Its name." }),
    savedAt: instant({ description: "When it was saved." }),
    messages: whole({ description: "How many messages are in it.", from: 0, to: Number.MAX_SAFE_INTEGER }),
  },
  { description: "A snapshot." },
);

export const snapshots: DescribedGroup<"snapshots"> = {
  "snapshots.list": {
    summary: "Lists the snapshots in the data folder",
    input: object<Nothing>({}, { description: "Nothing." }),
    answer: object<AnswerOf<"snapshots.list">>(
      { snapshots: list(snapshot, { description: "All." }) },
      { description: "The snapshots." },
    ),
    errors: [],
  },
  "snapshots.save": {
    summary: "Saves all of the server: messages, closed mailboxes, faults, clock, moved patients",
    remark: "One of the same name is replaced.",
    input: object<InputOf<"snapshots.save">>(named, { description: "Under which name." }),
    answer: snapshot,
    errors: ["not-possible"],
  },
  "snapshots.restore": {
    summary: "Makes all of the server as it was saved",
    remark: "Tokens that were used stay used.",
    input: object<InputOf<"snapshots.restore">>(named, { description: "Which snapshot." }),
    answer: snapshot,
    errors: ["snapshot-unknown", "not-possible"],
  },
  "snapshots.remove": {
    summary: "Removes a snapshot",
    input: object<InputOf<"snapshots.remove">>(named, { description: "Which snapshot." }),
    answer: object<AnswerOf<"snapshots.remove">>(
      { name: anyText({ description: "Its name." }) },
      { description: "It is gone." },
    ),
    errors: ["snapshot-unknown"],
  },
};

export const reset: Described<"reset"> = {
  summary: "Empties the server, or one mailbox, of messages and used tokens",
  remark:
    "All else stays; with `keep` as `nothing` closed mailboxes are open again, no fault stands, no patient is moved and the clock is right.",
  input: object<InputOf<"reset">>(
    {
      keep: optional(
        oneOf(["mailboxes-and-faults", "nothing"], { description: "What stays.", default: "mailboxes-and-faults" }),
      ),
      mailbox: optional(text({ description: "This mailbox alone. Absent: all.", format: mailboxIdFormat })),
    },
    { description: "What is emptied." },
  ),
  answer: object<AnswerOf<"reset">>(
    { messages: whole({ description: "How many went.", from: 0, to: Number.MAX_SAFE_INTEGER }) },
    { description: "It is empty." },
  ),
  errors: ["mailbox-unknown", "not-possible"],
};
