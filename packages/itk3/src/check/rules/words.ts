// What Composition.text and the subject of the envelope say of the document.
import { normaliseName } from "@restante/mesh";
import { isConfidential } from "../../message/confidential.ts";
import { hasCodeOf, hasNameOf, hasNumberOf, hasPlaceOf, type Place } from "../wording.ts";
import type { Wording } from "../document-words.ts";
import { none, onComposition, unless } from "../look.ts";
import type { CheckContext, Rule } from "../rule.ts";
import { ofDocuments, ruleMaker } from "../rule-maker.ts";

type Look = (words: Wording | undefined, context: CheckContext) => boolean;

const formats: Readonly<Record<string, string>> = {
  "consultation-summary": "Consultation report",
  "online-consultation": "Online consultation report",
};

/** The parts that a sentence of 1.x has for its use case; the practice is left out of a confidential document. */
function isComplete(words: Wording | undefined, context: CheckContext, where: "text" | "subject"): boolean {
  if (words === undefined) return false;
  const { title, practice, odsCode, version } = words;
  const { useCase, message } = context;
  const confidential = isConfidential(message.composition);
  const wanted = formats[useCase];
  if (wanted === undefined ? !/\breport$/i.test(title) : title !== wanted) return false;
  if (where === "text" && version === undefined) return false;
  const withPractice = useCase === "consultation-summary" && !confidential;
  if ((practice !== undefined) !== withPractice) return false;
  // The sources disagree on whether the subject of a confidential online consultation keeps the code.
  if (where === "subject" && useCase !== "consultation-summary") return confidential || odsCode !== undefined;
  return (odsCode !== undefined) === withPractice;
}

/** A confidential document that names the practice in any of its paragraphs, or that tells its ODS code. */
function tellsWhere({ message: { composition, custodian }, words }: CheckContext): boolean {
  if (!isConfidential(composition)) return false;
  const name = normaliseName(custodian?.name ?? "");
  return words.paragraphs.some(
    (paragraph) => /\bODS Code\b/i.test(paragraph) || (name !== "" && normaliseName(paragraph).includes(name)),
  );
}

/** The organisation that sends or, in Send Document 2, a place of the document. */
function placesOf({ message: { custodian, sender }, generation, inner }: CheckContext): Place[] {
  const sending = sender?.resourceType === "Organization" ? sender : undefined;
  const places: readonly Place[] = generation === 2 ? inner.ofType("Location") : [];
  const organisations = [custodian, sending].flatMap((organisation) => organisation ?? []);
  return organisations.length === 0 ? [] : [...organisations, ...places];
}

/** Numbers and codes of whom and where the sentence speaks of: they are the document's, or they are not. */
function hasNumbers(words: Wording | undefined, context: CheckContext): boolean {
  const { patient } = context.message;
  return words === undefined || (hasNumberOf(words, patient) && hasCodeOf(words, placesOf(context)));
}

/** Names of the same: they can be written in more than one way. */
function hasNames(words: Wording | undefined, context: CheckContext): boolean {
  const { patient } = context.message;
  return words === undefined || (hasNameOf(words, patient) && hasPlaceOf(words, placesOf(context)));
}

const textRule = ruleMaker({ responseCode: "20009", issueCode: "value" });
const subjectRule = ruleMaker({ responseCode: "20006", issueCode: "processing" }, ofDocuments);

// Of a text whose narrative is missing, or was left out, reading says so: what it would have said is not asked besides.
const inText = (holds: Look): Rule["breaches"] =>
  onComposition((composition, context) => {
    const { text } = composition;
    if (text !== undefined && text.div === undefined) return none;
    return unless(holds(context.words.text, context), composition, "text");
  });

const inSubject =
  (holds: Look): Rule["breaches"] =>
  (context) =>
    context.envelope?.subject === undefined
      ? none
      : unless(holds(context.words.subject, context), context.envelope, "subject");

const subjectNumbers = { cs: "065", oc: "167", ge: "295", scal: "GPCM-SD-061" } as const;
const sameSubject = ["GPCM-SD-CS-068", "GPCM-SD-OC-164", "GPCM-SD-GE-291", "SCAL-GPCM-SD-062", "SCAL-GPCM-SD-064"];

export const wordsRules: readonly Rule[] = [
  textRule(
    { cs: "023", oc: "007", ge: "007" },
    "Composition.text must say `[title] for [name], NHS Number [number], seen at [practice], ODS Code [code], Version [version]`; practice and code are those of a consultation summary that is not confidential.",
    "Composition.text does not sum the document up in the words of the requirement.",
    inText((words, context) => isComplete(words, context, "text") && !tellsWhere(context)),
  ),
  textRule(
    { cs: "023", oc: "007", ge: "007", own: "Composition.text:patient" },
    "What Composition.text says of patient and practice must be true of this document.",
    "Composition.text gives another NHS number or ODS code than the document.",
    inText(hasNumbers),
  ),
  textRule(
    { cs: "023", oc: "007", ge: "007", own: "Composition.text:patient" },
    "What Composition.text says of patient and practice must be true of this document.",
    "Composition.text may name another patient or practice than the document.",
    inText((words, context) => !hasNumbers(words, context) || hasNames(words, context)),
    { severity: "look" },
  ),
  subjectRule(
    subjectNumbers,
    "The subject must be `[title] for [name], NHS Number [number], seen at [practice], ODS Code [code], Version [version]` in 1.x (an online consultation and a generic document without the practice, a confidential document without practice and code), and `[title] for [name], NHS Number: [number], seen at [practice], [code], Version: [version]` in Send Document 2.",
    "The subject is not in the words of the requirement.",
    inSubject((words, context) => {
      if (context.generation === 1) return isComplete(words, context, "subject");
      const title = context.message.composition?.title;
      return words !== undefined && (title === undefined || words.title === title);
    }),
    { alsoShows: sameSubject },
  ),
  subjectRule(
    subjectNumbers,
    "What the subject says of patient and practice must be true of this document: it is what the receiver's worklist shows.",
    "The subject gives another NHS number or ODS code than the document.",
    inSubject(hasNumbers),
    { alsoShows: sameSubject },
  ),
  subjectRule(
    subjectNumbers,
    "What the subject says of patient and practice must be true of this document: it is what the receiver's worklist shows.",
    "The subject may name another patient or practice than the document.",
    inSubject((words, context) => !hasNumbers(words, context) || hasNames(words, context)),
    { alsoShows: sameSubject, severity: "look" },
  ),
  subjectRule(
    { cs: "006", scal: "GPCM-SD-091" },
    "The subject must end with the version of the document.",
    "The subject does not end with the version of the document.",
    inSubject((_, { generation, words: { textVersion, subjectVersion } }) => {
      // The words that Send Document 2 asks for have the version in them: without it they are not those words.
      if (subjectVersion === undefined) return generation === 2;
      return textVersion === undefined || subjectVersion === textVersion;
    }),
  ),
  // Of a consultation summary a line of its own asks for it: the one above.
  subjectRule(
    { scal: "GPCM-SD-061" },
    "The version in the subject must be the one that the document gives.",
    "The subject gives another version than the document.",
    inSubject(
      (words, { words: { textVersion } }) =>
        textVersion === undefined || (words?.version ?? textVersion) === textVersion,
    ),
    {
      asked: (of) => ofDocuments(of) && of.useCase !== "consultation-summary",
      alsoShows: ["SCAL-GPCM-SD-062", "SCAL-GPCM-SD-064"],
    },
  ),
];
