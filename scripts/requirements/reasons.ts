// What is said in words of requirements that no test shows, or none shows all of. That one is shown is not said here: it is
// computed, from the rules and from the tests that passed.
import { expand } from "./every.ts";

/**
 * - `behaviour, in part`: tests that carry the requirement show some of it, and this is what is missing.
 * - `not from a message`: no rule could see it, and Restante has no part in it.
 * - `not done`: a rule could see it, or one of Restante's systems could do it, and none does.
 */
export interface Reason {
  how: "behaviour, in part" | "not from a message" | "not done";
  why: string;
}

const partly = (why: string): Reason => ({ how: "behaviour, in part", why });
const unseen = (why: string): Reason => ({ how: "not from a message", why });
const notDone = (why: string): Reason => ({ how: "not done", why });

const byStrictness = partly(
  "With the strictness `refuse`; by default only what could not be given to a person: docs/decisions/192-strictness.md.",
);
const conditional = unseen("whether it applies, or more could be said, only the sending system knows");
const noMark = unseen("a patient's record in Restante has no such mark, so no document is held back for it");

/** Ids as in the sources; `GPCM-SD-CS-{001-005,011}` stands for several. */
const written: readonly (readonly [ids: readonly string[], reason: Reason])[] = [
  [
    ["GPCM-C-02", "SCAL-GPCM-C-2"],
    partly("What is built is held against Restante's own rules, which are those of ITK3 2.10.0."),
  ],

  // The report.
  [
    ["GPCM-SD-CS-001"],
    partly("Whether the report was given all that the clinician entered, only the recording system knows."),
  ],
  [
    ["GPCM-SD-CS-002", "SCAL-GPCM-SD-087"],
    partly("How the consultation looks on its own screen, only the recording system knows."),
  ],
  [
    ["GPCM-SD-CS-003", "SCAL-GPCM-SD-088"],
    partly(
      "Which attachments belong to a consultation, only the recording system knows. Those of a confidential one are not sent.",
    ),
  ],
  [
    ["GPCM-SD-CS-004"],
    unseen("what counts as one consultation the recording system decides; Restante is handed consultations"),
  ],
  [["GPCM-SD-CS-005"], partly("The organisation stands with its whole address, not with its town alone.")],

  // When a report is sent, and to whom.
  [
    ["GPCM-SD-037"],
    notDone("a later version is sent when it is handed in, and nothing looks how long ago the one before was sent"),
  ],
  [
    ["GPCM-SD-CS-{069,070}"],
    unseen("which encounters are reported, and at what trouble, is for the recording system and its users"),
  ],
  [["GPCM-SD-CS-072", "SCAL-GPCM-SD-084"], partly("Demographics from a file stand for PDS.")],
  [
    ["GPCM-SD-CS-073"],
    unseen(
      "what is clinically relevant the recording system knows; Restante sends every consultation that it is handed",
    ),
  ],
  [["GPCM-SD-CS-074"], unseen("what the sending system asks its users; Restante's sender has no screens to ask on")],
  [
    ["GPCM-SD-CS-075", "SCAL-GPCM-SD-096"],
    unseen("when the consultation was last saved only the recording system knows; what is handed in leaves at once"),
  ],
  [["GPCM-SD-CS-076"], notDone("every version that is handed in is sent, and none waits for a later one")],
  [
    ["GPCM-SD-CS-077"],
    unseen("what the sending system warns its users of; Restante keeps no consultations, so none is deleted from it"),
  ],
  [["GPCM-SD-GE-286"], partly("Restante's sender sends consultations alone, no generic documents.")],
  [
    ["FHIR-MR-01"],
    partly("The library copies a document; the sending system makes one anew for each recipient that it is told of."),
  ],

  // Replacements.
  [
    ["GPCM-SD-034", "SCAL-GPCM-SD-128"],
    notDone(
      "a refused replacement leaves the task that it would replace open, which a person is told, and is never answered 20014",
    ),
  ],
  [["GPCM-SD-035"], notDone("a refused replacement is told to a person; the report that it replaces stays as it was")],
  [["GPCM-SD-036", "SCAL-GPCM-SD-129"], partly("To send few of them is for those who send.")],

  // What is received.
  [["GPCM-SD-{040,041}"], byStrictness],
  [
    ["GPCM-SD-CS-029", "GPCM-SD-OC-013", "GPCM-SD-GE-013"],
    partly("The task keeps them together; nothing is handed on to a system behind the worklist."),
  ],
  [["FHIR-DOC-02"], partly("What is printed no browser tells.")],
  [
    ["FHIR-DOC-03"],
    partly("Of a patient the audit has ids, and roles where they are given alone; without a sign-in there is no user."),
  ],
  [["FHIR-DOC-04"], partly("Without a sign-in, a setting, who uses the computer may read everything.")],
  [["FHIR-DOC-06"], unseen("Send Document has no CareSettingType extension")],
  [["FHIR-DOC-09"], partly("The text of a section is kept with the message, and no page shows it.")],

  // What PDS says of the patient.
  [["FHIR-PDS-01"], notDone("a consultation's patient is sent as the recording system has them")],
  [["FHIR-PDS-03"], notDone("the sender asks demographics whether the patient is registered here, and nothing else")],
  [["FHIR-PDS-04"], unseen("what to tell of a patient whose record is sensitive the sending organisation weighs")],
  [
    ["FHIR-PDS-05"],
    notDone(
      "the sender does not ask whether an NHS number is still valid; MESH returns what is routed by one that is not",
    ),
  ],
  [["FHIR-PDS-{06,07}"], notDone("every document that is built has the NHS number that the recording system gave")],
  [["FHIR-PDS-{08,09}"], noMark],

  // Clinical content.
  [
    [
      "GPCM-SD-OC-{054,073,081,093,095,096,103,104,108,113,116,125-128,134,140}",
      "GPCM-SD-GE-{054,073,081,093,095,096,103,104,108,113,116,125-128,134,140}",
      "GPCM-SD-GE-{167,170,176,177,179,188,190,191,202,212,218}",
      "GPCM-SD-GE-{222,236,244,245,255,256,263,266,267}",
    ],
    conditional,
  ],
];

/** By requirement. */
export const reasons: ReadonlyMap<string, Reason> = new Map(
  written.flatMap(([ids, reason]) => ids.flatMap(expand).map((id): [string, Reason] => [id, reason])),
);
