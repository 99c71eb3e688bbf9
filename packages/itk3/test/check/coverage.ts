// How each requirement is shown to be met: by a rule of the check, by what a system does (and which test sees it), or
// not at all from a message. The numbers are those of GP Connect Messaging 1.6.0, of the conformance list of Send
// Document 2 (SCAL) and of ITK3 2.10.0.
import type { Rule } from "../../src/check/rule.ts";
import { rules } from "../../src/check/rules.ts";

interface Shown {
  how: "behaviour" | "not from a message";
  why: string;
}

const report = "packages/practice/test/consultation: the report, its fields and its layout";
const receiving = "packages/practice/test/journeys and inbound/take-in.test.ts";
const answers = "packages/practice/test/inbound/acknowledgements.test.ts and responses.test.ts";
const codes = "packages/itk3/test/respond/responses.test.ts: every code, both levels";
const conditional = "whether it applies, or more could be said, only the sending system knows";
const people = "a matter between the sending system and its users";
const pds = "what PDS says of the patient is not in the message";

const behaviour = (why: string): Shown => ({ how: "behaviour", why });
const unseen = (why: string): Shown => ({ how: "not from a message", why });

/** Ids as in the sources; `GPCM-SD-CS-{001-005,011}` stands for several. */
const others: readonly (readonly [ids: string, shown: Shown])[] = [
  ["GPCM-C-01", behaviour("packages/practice/test/journeys: MESH is the only way out")],
  ["GPCM-C-02", unseen("the sum of the ITK3 rules of this table")],
  ["GPCM-SD-{033-036}", unseen("what a receiver does with a replaced document")],
  ["GPCM-SD-037", unseen("when the first version was sent is not in the second")],
  [
    "GPCM-SD-{040,041}",
    behaviour("packages/itk3/test/check/check.test.ts, with the difference of docs/decisions/010-acceptable.md"),
  ],
  ["GPCM-SD-{043-045}", behaviour(answers)],
  ["GPCM-SD-CS-{001,002,005,008-016}", behaviour(report)],
  ["GPCM-SD-CS-{003,004}", unseen("which attachments and data belong to a consultation only the sending system knows")],
  ["GPCM-SD-CS-007", unseen("earlier versions are not in the message")],
  ["GPCM-SD-CS-{029-031}", behaviour(receiving)],
  ["GPCM-SD-CS-056", behaviour(codes)],
  ["GPCM-SD-CS-{069,070,073,074,077}", unseen(people)],
  ["GPCM-SD-CS-{071,072}", unseen("where the patient is registered is not in the message")],
  ["GPCM-SD-CS-{075,076}", unseen("when the consultation was last saved is not in the message")],
  ["GPCM-SD-OC-{013-015}", behaviour(receiving)],
  ["GPCM-SD-OC-{054,073,081,093,095,096,103,104,108,113,116,125-128,134,140}", unseen(conditional)],
  ["GPCM-SD-OC-155", behaviour(codes)],
  ["GPCM-SD-OC-159", behaviour("packages/practice/test/journeys/api.test.ts: the mailbox is looked up")],
  ["GPCM-SD-GE-{013-015}", behaviour(receiving)],
  ["GPCM-SD-GE-{054,073,081,093,095,096,103,104,108,113,116,125-128,134,140}", unseen(conditional)],
  ["GPCM-SD-GE-{167,170,176,177,179,188,190,191,202,212,218}", unseen(conditional)],
  ["GPCM-SD-GE-{222,236,244,245,255,256,263,266,267}", unseen(conditional)],
  ["GPCM-SD-GE-282", behaviour(codes)],
  ["GPCM-SD-GE-286", behaviour("packages/practice/test/journeys/api.test.ts: the mailbox is looked up")],
  ["SCAL-GPCM-C-1", behaviour("packages/practice/test/journeys: MESH is the only way out")],
  ["SCAL-GPCM-C-2", unseen("the sum of the ITK3 rules of this table")],
  ["SCAL-GPCM-SD-098", unseen("earlier versions are not in the message")],
  ["SCAL-GPCM-SD-{128,129}", unseen("what a receiver does with a replaced document")],
  ["SCAL-GPCM-SD-083", unseen("where the patient is registered is not in the message")],
  ["SCAL-GPCM-SD-084", behaviour("packages/demographics/test/registered-practice.test.ts")],
  ["SCAL-GPCM-SD-{086,087,090}", behaviour(report)],
  ["SCAL-GPCM-SD-088", unseen("which attachments belong to a consultation only the sending system knows")],
  ["SCAL-GPCM-SD-{094,095}", behaviour(answers)],
  ["SCAL-GPCM-SD-096", unseen("when the consultation was last saved is not in the message")],
  ["FHIR-DOC-{01-04}", behaviour(receiving)],
  ["FHIR-DOC-06", unseen("Send Document has no CareSettingType extension")],
  ["FHIR-DOC-09", behaviour(receiving)],
  ["FHIR-BA-01", behaviour(answers)],
  [
    "FHIR-BA-02",
    behaviour("packages/itk3/test/check/rules.test.ts: no finding of any rule says anything of the patient"),
  ],
  ["RC-HS-{01,02}", behaviour(codes)],
  ["FHIR-PDS-{01,03-09}", unseen(pds)],
  ["FHIR-MR-01", behaviour("packages/itk3/test/build/sections.test.ts: a copy has the identical document")],
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
  const byOther = new Map(others.flatMap(([ids, shown]) => expand(ids).map((id): [string, Shown] => [id, shown])));
  const rows = new Map<string, readonly [string, string]>();
  for (const id of everyRequirement) {
    const found = byRule.get(id);
    const other = byOther.get(id);
    if (found !== undefined) {
      const said = found.map(({ severity, text }) => `${severity}: ${text}`);
      rows.set(id, ["rule", [...new Set(said)].join(" ")]);
    } else if (other !== undefined) {
      rows.set(id, [other.how, other.why]);
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
  return others.flatMap(([ids]) => expand(ids));
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
