// How each requirement is shown to be met: by a rule of the check, by what a system does (and which test sees it), or
// not at all, and why. The numbers are those of GP Connect Messaging 1.6.0, of the conformance list of Send
// Document 2 (SCAL) and of ITK3 2.10.0.
import type { Rule } from "../../src/check/rule.ts";
import { rules } from "../../src/check/rules.ts";

/**
 * - `behaviour`: a test shows it.
 * - `behaviour, in part`: a test shows some of it, and `why` says what is missing.
 * - `not from a message`: no rule could see it, and Restante has no part in it.
 * - `not done`: a rule could see it, or one of Restante's systems could do it, and none does.
 */
type How = "behaviour" | "behaviour, in part" | "not from a message" | "not done";

interface Shown {
  how: How;
  /** `FILE: NAME`, where an ellipsis in a name stands for what the test puts together. */
  tests: readonly string[];
  why?: string;
}

const behaviour = (...tests: [string, ...string[]]): Shown => ({ how: "behaviour", tests });
const partly = (why: string, ...tests: [string, ...string[]]): Shown => ({ how: "behaviour, in part", tests, why });
const unseen = (why: string): Shown => ({ how: "not from a message", tests: [], why });
const notDone = (why: string): Shown => ({ how: "not done", tests: [], why });

const practice = "packages/practice/test";
const worklist = "packages/worklist/test";
const pdf = `${practice}/consultation/report-pdf.test.ts`;
const layout = `${practice}/consultation/report/layout.test.ts`;
const sending = `${practice}/outbound/send-consultation.test.ts`;
const acknowledgements = `${practice}/inbound/acknowledgements.test.ts`;
const strictness = `${practice}/inbound/strictness.test.ts`;
const responses = `${practice}/inbound/responses.test.ts`;
const cli = "packages/cli/test/journeys";
const itk3 = "packages/itk3/test";

// Tests that show more than one requirement.
const byDirectory = `${practice}/journeys/directory.test.ts: journey 1: by directory and routed by patient, the report is a task and both acknowledgements return`;
const byApi = `${practice}/journeys/api.test.ts: journey 2: by API and addressed by lookup, the pharmacy accepts and both acknowledgements return`;
const fields = `${pdf}: a consultation report shows every field of the template`;
const notes = `${pdf}: all that was entered is in the notes, under its titles and in its order: words, clinical and medicine codes`;
const secretItem = `${pdf}: a confidential item is replaced by a text, once for each item`;
const everyAttachment = `${sending}: every attachment of a consultation is in its message, in its order and byte for byte`;
const received = `${worklist}/documents.test.ts: a received … is in the worklist under its Subject, and its task opens it and every attachment`;
const eachRefusal = `${responses}: each negative response that there is refuses its report and is told to a person by its code and text`;
const reference = `${acknowledgements}: both acknowledgements repeat the reference that the sender gave its message`;
const log = `${cli}/first-start.test.ts: the log has each document as it was sent and as it was received, and each answer, with its time`;
const everyCode = `${itk3}/respond/responses.test.ts: every code is answered with its severity, issue code, display and response code, and reads back`;

const conditional = "whether it applies, or more could be said, only the sending system knows";
const noMark = "a patient's record in Restante has no such mark, so no document is held back for it";

/** Ids as in the sources; `GPCM-SD-CS-{001-005,011}` stands for several. */
const others: readonly (readonly [ids: readonly string[], shown: Shown])[] = [
  [["GPCM-C-01", "SCAL-GPCM-C-1"], behaviour(byDirectory, byApi)],
  [
    ["GPCM-C-02", "SCAL-GPCM-C-2"],
    partly(
      "What is built is held against Restante's own rules, which are those of ITK3 2.10.0.",
      `${itk3}/check/check.test.ts: every document that is built passes its own check with its envelope, with no finding at all`,
      `${itk3}/check/check.test.ts: every response that is built passes its own check`,
    ),
  ],

  // The report.
  [
    ["GPCM-SD-CS-001"],
    partly("Whether the report was given all that the clinician entered, only the recording system knows.", notes),
  ],
  [
    ["GPCM-SD-CS-002", "SCAL-GPCM-SD-087"],
    partly("How the consultation looks on its own screen, only the recording system knows.", notes),
  ],
  [
    ["GPCM-SD-CS-003", "SCAL-GPCM-SD-088"],
    partly(
      "Which attachments belong to a consultation, only the recording system knows. Those of a confidential one are not sent.",
      everyAttachment,
    ),
  ],
  [
    ["GPCM-SD-CS-004"],
    unseen("what counts as one consultation the recording system decides; Restante is handed consultations"),
  ],
  [
    ["GPCM-SD-CS-005"],
    partly(
      "The organisation stands with its whole address, not with its town alone.",
      fields,
      `${layout}: the blocks of a report follow one another down the page as in the template`,
    ),
  ],
  [["SCAL-GPCM-SD-090"], behaviour(fields)],
  [
    ["GPCM-SD-CS-008"],
    behaviour(`${pdf}: a confidential consultation's report says that it took place, and nothing of what or where`),
  ],
  [["GPCM-SD-CS-{009,010}"], behaviour(secretItem)],
  [["GPCM-SD-CS-011"], behaviour(`${layout}: the title of each section of the notes is bold, and its notes are not`)],
  [["GPCM-SD-CS-012"], behaviour(`${layout}: an empty line stands between a section of the notes and the next`)],
  [
    ["GPCM-SD-CS-013"],
    behaviour(
      `${layout}: the titles of all sections begin at one place and their notes at another, though a title be wrapped`,
    ),
  ],
  [
    ["GPCM-SD-CS-014"],
    behaviour(
      `${layout}: the patient's name is larger than every other field, and smaller only where it would take too much room`,
    ),
  ],
  [
    ["GPCM-SD-CS-015"],
    behaviour(
      `${layout}: the heads of the report and of its notes stand on NHS Blue, what is between on NHS Light Blue`,
    ),
  ],
  [["GPCM-SD-CS-016"], behaviour(fields)],

  // When a report is sent, and to whom.
  [
    ["GPCM-SD-037"],
    notDone("a later version is sent when it is handed in, and nothing looks how long ago the one before was sent"),
  ],
  [
    ["GPCM-SD-CS-{069,070}"],
    unseen("which encounters are reported, and at what trouble, is for the recording system and its users"),
  ],
  [
    ["GPCM-SD-CS-072", "SCAL-GPCM-SD-084"],
    partly(
      "Demographics from a file stand for PDS.",
      "packages/mesh-server/test/routing.test.ts: a message for a patient who is … is placed in the mailbox of the registered practice",
    ),
  ],
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
  [["GPCM-SD-OC-159"], behaviour(byApi)],
  [
    ["GPCM-SD-GE-286"],
    partly(
      "Restante's sender sends consultations alone, no generic documents.",
      `${cli}/more-sends.test.ts: a consultation sent to an organisation is found its mailbox, and answered by that organisation`,
    ),
  ],
  [
    ["FHIR-MR-01"],
    partly(
      "The library copies a document; the sending system makes one anew for each recipient that it is told of.",
      `${itk3}/build/sections.test.ts: a copy has a message of its own and the identical document`,
    ),
  ],

  // Replacements.
  [
    ["GPCM-SD-033"],
    behaviour(`${sending}: a later version replaces the one before, and the receiver archives what it replaces`),
  ],
  [
    ["GPCM-SD-034", "SCAL-GPCM-SD-128"],
    notDone(
      "a refused replacement leaves the task that it would replace open, which a person is told, and is never answered 20014",
    ),
  ],
  [["GPCM-SD-035"], notDone("a refused replacement is told to a person; the report that it replaces stays as it was")],
  [
    ["GPCM-SD-036", "SCAL-GPCM-SD-129"],
    partly(
      "To send few of them is for those who send.",
      `${sending}: each later version replaces the one just before it, however many there are`,
    ),
  ],

  // What is received.
  [
    ["GPCM-SD-040"],
    partly(
      "With the strictness `refuse`; by default only what could not be given to a person: docs/decisions/192-strictness.md.",
      `${itk3}/check/strictness.test.ts: whatever breaks a requirement that must be met is refused, with the code of one of its errors, and what does not is taken`,
    ),
  ],
  [
    ["GPCM-SD-041"],
    partly(
      "With the strictness `refuse`; by default only what could not be given to a person: docs/decisions/192-strictness.md.",
      `${strictness}: a … message that breaks a requirement is refused by the strictness that was chosen: answered once, kept whole, and nothing made of it`,
    ),
  ],
  [
    ["GPCM-SD-CS-029", "GPCM-SD-OC-013", "GPCM-SD-GE-013"],
    partly("The task keeps them together; nothing is handed on to a system behind the worklist.", received),
  ],
  [
    ["GPCM-SD-CS-030", "GPCM-SD-OC-014", "GPCM-SD-GE-014"],
    behaviour(
      received,
      `${worklist}/documents.test.ts: of a confidential … the worklist and the task show the Subject, and nothing of who sent it`,
    ),
  ],
  [["GPCM-SD-CS-031", "GPCM-SD-OC-015", "GPCM-SD-GE-015"], behaviour(received)],
  [["FHIR-DOC-01"], behaviour(log)],
  [["FHIR-DOC-02"], partly("What is shown or printed, and to whom, is not recorded.", log)],
  [["FHIR-DOC-03"], partly("Neither NHS number, which no log may have, nor user: there is no sign-in.", log)],
  [
    ["FHIR-DOC-04"],
    partly(
      "There is no sign-in: who uses the computer may read everything (docs/decisions/052-worklist-pages.md).",
      `${worklist}/browser.test.ts: a person opens a task from the worklist and reads its report in the page`,
    ),
  ],
  [["FHIR-DOC-06"], unseen("Send Document has no CareSettingType extension")],
  [["FHIR-DOC-09"], partly("The text of a section is kept with the message, and no page shows it.", received)],

  // Answers.
  [["GPCM-SD-043"], behaviour(eachRefusal)],
  [
    ["GPCM-SD-044", "SCAL-GPCM-SD-094"],
    behaviour(
      eachRefusal,
      `${practice}/journeys/directory.test.ts: a report for a patient who cannot be routed comes back and is told to a person`,
    ),
  ],
  [
    ["GPCM-SD-045", "SCAL-GPCM-SD-095"],
    behaviour(`${sending}: an acknowledgement that does not come in time is told to a person, at either level`),
  ],
  [["GPCM-SD-CS-056", "GPCM-SD-OC-155", "GPCM-SD-GE-282"], behaviour(reference)],
  [["FHIR-BA-01"], behaviour(log, eachRefusal)],
  [["RC-HS-{01,02}"], behaviour(everyCode)],

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
  [["FHIR-PDS-{08,09}"], unseen(noMark)],

  // Clinical content.
  [
    [
      "GPCM-SD-OC-{054,073,081,093,095,096,103,104,108,113,116,125-128,134,140}",
      "GPCM-SD-GE-{054,073,081,093,095,096,103,104,108,113,116,125-128,134,140}",
      "GPCM-SD-GE-{167,170,176,177,179,188,190,191,202,212,218}",
      "GPCM-SD-GE-{222,236,244,245,255,256,263,266,267}",
    ],
    unseen(conditional),
  ],
];

/** Every requirement there is: 598 of GP Connect, 48 of the SCAL, 27 of ITK3. */
export const everyRequirement: readonly string[] = [
  ...expand("GPCM-C-{01,02}"),
  ...expand("GPCM-SD-{001-045,078}"),
  ...expand("GPCM-SD-CS-{001-077,079,080}"),
  ...expand("GPCM-SD-OC-{001-175}"),
  ...expand("GPCM-SD-GE-{001-296}"),
  ...expand("SCAL-GPCM-C-{1,2}"),
  ...expand(
    "SCAL-GPCM-SD-{028,032,035,038,040-049,056,057,059-064,083,084,086-088,090,091,094-096,098,103-111,115,123,128,129}",
  ),
  ...expand("FHIR-DOC-{01-06,09}"),
  ...expand("FHIR-BA-{01,02}"),
  ...expand("RC-HS-{01,02}"),
  ...expand("FHIR-PDS-{01-10}"),
  "FHIR-MR-01",
  ...expand("FHIR-SR-{01-03,05,06}"),
];

/** The whole table by requirement: how it is shown, and what shows it. */
export function coverage(): Map<string, readonly [how: string, what: string]> {
  const byRule = new Map<string, Rule[]>();
  for (const rule of rules) {
    for (const id of idsOf(rule)) byRule.set(id, [...(byRule.get(id) ?? []), rule]);
  }
  const byOther = new Map(
    others.flatMap(([ids, shown]) => ids.flatMap(expand).map((id): [string, Shown] => [id, shown])),
  );
  const rows = new Map<string, readonly [string, string]>();
  for (const id of everyRequirement) {
    const found = byRule.get(id);
    const other = byOther.get(id);
    if (found !== undefined) {
      const said = found.map(({ severity, text }) => `${severity}: ${text}`);
      rows.set(id, ["rule", [...new Set(said)].join(" ")]);
    } else if (other !== undefined) {
      rows.set(id, [other.how, wordsOf(other)]);
    }
  }
  return rows;
}

/** Every number that a rule shows something of, in full. */
export function idsOf({ numbers, alsoShows = [] }: Rule): string[] {
  const { core, cs, oc, ge, scal, itk } = numbers;
  const full: string[] = [...alsoShows];
  if (core !== undefined) full.push(`GPCM-SD-${core}`);
  if (cs !== undefined) full.push(`GPCM-SD-CS-${cs}`);
  if (oc !== undefined) full.push(`GPCM-SD-OC-${oc}`);
  if (ge !== undefined) full.push(`GPCM-SD-GE-${ge}`);
  if (scal !== undefined) full.push(`SCAL-${scal}`);
  if (itk !== undefined) full.push(itk);
  return full;
}

/** The ids that `others` explains: none may have a rule as well. */
export function explained(): string[] {
  return others.flatMap(([ids]) => ids.flatMap(expand));
}

/** Every test that a requirement is said to be shown by. */
export function namedTests(): NamedTest[] {
  return others.flatMap(([, { tests }]) => tests.map(parseTest));
}

export interface NamedTest {
  /** From the root of the project. */
  file: string;
  name: string;
}

function parseTest(test: string): NamedTest {
  const [, file, name] = /^(\S+\.ts): (.+)$/.exec(test) ?? [];
  if (file === undefined || name === undefined) throw new Error(`not a file and the name of a test: ${test}`);
  return { file, name };
}

function wordsOf({ tests, why = "" }: Shown): string {
  const named = tests.map(parseTest).map(({ file, name }) => `\`${file}\`: ${name}`);
  return [named.join("; "), why].filter((words) => words !== "").join(". ");
}

function expand(pattern: string): string[] {
  const [, head = pattern, list] = /^(.*)\{(.*)\}$/.exec(pattern) ?? [];
  if (list === undefined) return [pattern];
  return list.split(",").flatMap((part) => {
    const [from = "", to = from] = part.split("-");
    return Array.from({ length: Number(to) - Number(from) + 1 }, (_, index) => {
      return head + String(Number(from) + index).padStart(from.length, "0");
    });
  });
}
