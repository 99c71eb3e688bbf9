import { Itk3Error } from "../../errors.ts";
import { profiles } from "../../names.ts";
import type { Questionnaire, QuestionnaireItem } from "../../stu3/types.ts";
import { type Coded, coding, given, maybe, period, type PeriodInput } from "./pieces.ts";
import { type DocumentParts, identity, section, type StructuredSection } from "./parts.ts";

export interface QuestionInput {
  /** Names the question; no other of the questionnaire has it. */
  linkId: string;
  text: string;
  /** `group` for a heading, which must have `items`; `display` for words, which must have none. */
  type: NonNullable<QuestionnaireItem["type"]>;
  required?: boolean;
  repeats?: boolean;
  /** What may be chosen. */
  options?: readonly Coded[];
  items?: readonly QuestionInput[];
}

export interface QuestionnaireInput {
  items: readonly QuestionInput[];
  /** GPCM-SD-OC-056 to 061: each of these SHOULD be there. `name` is for programs, `title` for people. */
  version?: string;
  name?: string;
  title?: string;
  /** When it was last changed. */
  date?: string;
  description?: string;
  /** When it is expected to be used. */
  effective?: PeriodInput;
}

/**
 * The questionnaire itself, before it was answered (GPCM-SD-OC-055 to 062).
 *
 * @throws Itk3Error `input-invalid`
 */
export function questionnaireSection(parts: DocumentParts, input: QuestionnaireInput): StructuredSection {
  const { items, effective, ...named } = input;
  if (items.length === 0) throw new Itk3Error("input-invalid", "A questionnaire asks nothing.");
  const links = items.flatMap(linkIds);
  if (new Set(links).size < links.length) throw new Itk3Error("input-invalid", "Two questions have the same linkId.");
  const questionnaire: Questionnaire = {
    resourceType: "Questionnaire",
    ...identity(parts, profiles.questionnaire),
    status: "active",
    ...given({ ...named, effectivePeriod: maybe(effective, period) }),
    item: items.map(asked),
  };
  return section("Questionnaire", [questionnaire]);
}

function asked({ options, items, ...question }: QuestionInput): QuestionnaireItem {
  // FHIR STU3, que-1.
  if (question.type === "group" && (items ?? []).length === 0) {
    throw new Itk3Error("input-invalid", "A group of questions holds none.");
  }
  if (question.type === "display" && (items ?? []).length > 0) {
    throw new Itk3Error("input-invalid", "A display has no questions below it.");
  }
  return {
    ...question,
    ...given({ option: options?.map((option) => ({ valueCoding: coding(option) })), item: items?.map(asked) }),
  };
}

function linkIds({ linkId, items = [] }: QuestionInput): string[] {
  return [linkId, ...items.flatMap(linkIds)];
}
