import { profiles } from "../../names.ts";
import type {
  QuestionnaireResponse,
  QuestionnaireResponseItem,
  QuestionnaireResponseItemAnswer,
  Reference,
} from "../../stu3/types.ts";
import { all, fields, isRecord, optional, type Shape } from "../../input/shapes.ts";
import type { Place } from "../../input/problems.ts";
import { dateTime, text } from "../../input/values.ts";
import { later, reference } from "../seen.ts";
import { linkIdsOf, nested } from "./questions.ts";
import { type Coded, coding, given } from "./pieces.ts";
import * as shapes from "./piece-shapes.ts";
import { type DocumentParts, identity, section } from "./parts.ts";
import type { StructuredSection } from "../structured-section.ts";

export interface AnswerInput {
  linkId: string;
  /** The question. */
  text: string;
  /** Undefined for a heading. A reference leads to another entry of the document (GPCM-SD-OC-070). */
  answer?: string | boolean | Coded | Reference;
  items?: readonly AnswerInput[];
}

export interface QuestionnaireResponseInput {
  /** A date, or a date and time with a zone: when the answers were gathered. */
  authored: string;
  items: readonly AnswerInput[];
  /** The questionnaire that was answered, where the document holds it. */
  questionnaire?: Reference;
}

/**
 * The questions that were asked and the answers given (GPCM-SD-OC-063 to 070).
 *
 * @throws Itk3Error `input-invalid`
 */
export function questionnaireResponseSection(
  parts: DocumentParts,
  input: QuestionnaireResponseInput,
): StructuredSection {
  return section({ title: "Questionnaire response", name, shape }, parts, input, () => {
    const resource: QuestionnaireResponse = {
      resourceType: "QuestionnaireResponse",
      ...identity(parts, profiles.questionnaireResponse),
      ...given({ questionnaire: input.questionnaire, context: parts.encounter }),
      status: "completed",
      subject: parts.patient,
      authored: input.authored,
      item: input.items.map(answered),
    };
    return [{ resource, path: name }];
  });
}

const name = "questionnaireResponse";

const answerShape: Shape = (value, at) => {
  if (typeof value === "boolean") return;
  if (!isRecord(value)) return text(value, at);
  return ("code" in value ? shapes.coded : reference())(value, at);
};

/** What follows from an answer stands in it; a code or a reference is an element deeper than words. */
const depthOf = ({ answer }: Readonly<Record<string, unknown>>): { own: number; below: number } => {
  if (answer === undefined) return { own: 1, below: 1 };
  return { own: typeof answer === "object" ? 3 : 2, below: 2 };
};

const items = nested(depthOf, (within) =>
  fields<AnswerInput>({ linkId: text, text, answer: optional(answerShape), items: optional(within) }),
);

const shape: Shape = all(
  fields<QuestionnaireResponseInput>({ authored: dateTime, items, questionnaire: optional(reference()) }),
  (value, at) => {
    if (!isRecord(value) || !at.field("items").isRight()) return;
    const input = value as unknown as QuestionnaireResponseInput;
    later(at, (seen) => {
      const answers = seen.asks({ oc: "069", ge: "069" });
      if (answers !== undefined && !input.items.some(isAnswered)) at.field("items").tell("hold no answer", answers);
      const links = seen.asks({ oc: "067", ge: "067" });
      const form = input.questionnaire?.reference;
      const asked = form === undefined || links === undefined ? undefined : seen.entry(form);
      if (asked?.resourceType !== "Questionnaire") return;
      const known = new Set(linkIdsOf(asked.item));
      tellUnasked(input.items, known, at.field("items"), links);
    });
  },
);

function isAnswered({ answer, items: within = [] }: AnswerInput): boolean {
  return answer !== undefined || within.some(isAnswered);
}

function tellUnasked(
  inputs: readonly AnswerInput[],
  known: ReadonlySet<string>,
  at: Place,
  id: string | undefined,
): void {
  for (const [index, { linkId, items: within = [] }] of inputs.entries()) {
    const place = at.item(index);
    if (!known.has(linkId)) place.field("linkId").tell("is none of the questionnaire", id);
    tellUnasked(within, known, place.field("items"), id);
  }
}

function answered({ linkId, text, answer, items }: AnswerInput): QuestionnaireResponseItem {
  const item = items?.map(answered);
  // Questions that follow from an answer stand in it (FHIR STU3, qrs-1).
  if (answer === undefined) return { linkId, text, ...given({ item }) };
  return { linkId, text, answer: [{ ...answerValue(answer), ...given({ item }) }] };
}

function answerValue(answer: NonNullable<AnswerInput["answer"]>): QuestionnaireResponseItemAnswer {
  if (typeof answer === "string") return { valueString: answer };
  if (typeof answer === "boolean") return { valueBoolean: answer };
  return "code" in answer ? { valueCoding: coding(answer) } : { valueReference: answer };
}
