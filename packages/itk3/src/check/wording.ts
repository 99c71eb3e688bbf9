// The sentence that sums a document up: `Consultation report for Mrs Ann Test, NHS Number 900 000 0009, seen at ...`. It
// stands in Composition.text and, in slightly other words, as the subject of the envelope.
import { isNhsNumber, normaliseName } from "@restante/mesh";
import type { Location, Organization, Patient } from "../stu3/types.ts";
import { identifierOf, isText, officialFamily, paragraphsOf } from "./look.ts";
import { systems } from "../names.ts";
import type { Itk3Message } from "../message/model.ts";
import type { EnvelopeToCheck } from "./rule.ts";
import type { DocumentWords, Wording } from "./document-words.ts";

/** Longer texts are no sentence. */
const longest = 1000;

// 1.x: ", seen at NAME, ODS Code CODE, Version N", each part optional here; which must be there is for a rule to say.
const firstTail =
  /^ (\d{10}|\d{3} \d{3} \d{4})(?:, seen at (\S[^\n]*?))?(?:, ODS Code (\S+?))?(?:, Version (\d{1,6}))?$/;
// Send Document 2: ": NUMBER, seen at NAME, CODE, Version: N"; the API's pages write "ODS code: CODE, version N".
const secondTail = /^: (\d{10}|\d{3} \d{3} \d{4}), seen at (\S[^\n]*?), (?:ODS code: )?(\S+), version:? (\d{1,6})$/i;

/** What is said of a document in its text and in the subject. */
export function readWords(
  { composition }: Itk3Message,
  generation: 1 | 2,
  envelope: EnvelopeToCheck | undefined,
): DocumentWords {
  const paragraphs = paragraphsOf(composition?.text?.div);
  const sentences = paragraphs.flatMap((text) => readWording(text, 1) ?? readWording(text, 2) ?? []);
  const subject = envelope?.subject ?? "";
  return {
    paragraphs,
    text: sentences[0],
    textVersion: paragraphs.map(versionAtEnd).find((version) => version !== undefined),
    subject: readWording(subject, generation, generation === 1 ? undefined : composition?.title),
    subjectVersion: versionAtEnd(subject),
  };
}

/** The parts of such a sentence; undefined where it is none. `title` is looked for first where it is known. */
function readWording(text: string, generation: 1 | 2, title?: string): Wording | undefined {
  if (text.length > longest) return undefined;
  const end = text.indexOf(", NHS Number");
  if (end === -1) return undefined;
  const head = text.slice(0, end);
  const at = title !== undefined && head.startsWith(`${title} for `) ? title.length : head.indexOf(" for ");
  const patientName = head.slice(at + " for ".length).trim();
  const tail = (generation === 1 ? firstTail : secondTail).exec(text.slice(end + ", NHS Number".length));
  // A practice before the number is in the wrong place: it would be taken for a part of the name.
  if (at < 1 || patientName === "" || tail === null || /, (?:seen at|ODS Code) /i.test(patientName)) return undefined;
  const [, number = "", practice, odsCode, version] = tail;
  return { title: head.slice(0, at), patientName, nhsNumber: number.replaceAll(" ", ""), practice, odsCode, version };
}

/** The version that a text ends with, whatever stands before it. */
function versionAtEnd(text: string): string | undefined {
  return /, Version:? (\d{1,6})$/i.exec(text.slice(-40))?.[1];
}

/** Whether the number in the sentence is this patient's. Of one that is none, or missing, there is a finding already. */
export function hasNumberOf({ nhsNumber }: Wording, patient: Patient | undefined): boolean {
  const number = identifierOf(patient?.identifier, systems.nhsNumber) ?? "";
  return !isNhsNumber(number) || number === nhsNumber;
}

/** Whether the name in the sentence holds the family name of this patient. */
export function hasNameOf({ patientName }: Wording, patient: Patient | undefined): boolean {
  return normaliseName(patientName).includes(normaliseName(officialFamily(patient) ?? ""));
}

/** What Send Document 2 has in the place of the practice is the name of a location (SCAL GPCM-SD-061). */
export type Place = Pick<Organization | Location, "name" | "identifier">;

/** Whether the ODS code in the sentence, if there is one, is that of one of these places. */
export function hasCodeOf({ odsCode }: Wording, places: readonly Place[]): boolean {
  const codes = places.flatMap(({ identifier }) =>
    (identifier ?? []).flatMap(({ system, value }) =>
      system?.startsWith(odsSystems) === true && isText(value) ? (value?.toUpperCase() ?? []) : [],
    ),
  );
  return odsCode === undefined || codes.length === 0 || codes.includes(odsCode.toUpperCase());
}

/** Whether the practice in the sentence, if there is one, has the name of one of these places. */
export function hasPlaceOf({ practice }: Wording, places: readonly Place[]): boolean {
  const names = places.flatMap(({ name }) => (isText(name) ? [normaliseName(name ?? "")] : []));
  return practice === undefined || names.length === 0 || names.includes(normaliseName(practice));
}

const odsSystems = "https://fhir.nhs.uk/Id/ods-";
