import { Itk3Error } from "../../errors.ts";
import { profiles } from "../../names.ts";
import type {
  QuestionnaireResponse,
  QuestionnaireResponseItem,
  QuestionnaireResponseItemAnswer,
  Reference,
} from "../../stu3/types.ts";
import { type Coded, coding, given } from "./pieces.ts";
import { type DocumentParts, identity, section, type StructuredSection } from "./parts.ts";

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
  if (input.items.length === 0) throw new Itk3Error("input-invalid", "A questionnaire asks nothing.");
  const response: QuestionnaireResponse = {
    resourceType: "QuestionnaireResponse",
    ...identity(parts, profiles.questionnaireResponse),
    ...given({ questionnaire: input.questionnaire, context: parts.encounter }),
    status: "completed",
    subject: parts.patient,
    authored: input.authored,
    item: input.items.map(answered),
  };
  return section("Questionnaire response", [response]);
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
