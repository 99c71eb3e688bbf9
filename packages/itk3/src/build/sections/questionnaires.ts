import { profiles } from "../../names.ts";
import { typeDefinition } from "../../stu3/element-table.ts";
import type { Questionnaire, QuestionnaireItem } from "../../stu3/types.ts";
import { absent, all, between, fields, isRecord, list, optional, type Shape } from "../../input/shapes.ts";
import type { Place } from "../../input/problems.ts";
import { dateTime, flag, oneOf, text } from "../../input/values.ts";
import { nested } from "./questions.ts";
import { type Coded, coding, given, maybe, period, type PeriodInput } from "./pieces.ts";
import * as shapes from "./piece-shapes.ts";
import { type DocumentParts, identity, section } from "./parts.ts";
import type { StructuredSection } from "../structured-section.ts";

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
  return section({ title: "Questionnaire", name: "questionnaire", shape }, parts, input, () => {
    const { items: questions, effective, version, name, title, date, description } = input;
    const resource: Questionnaire = {
      resourceType: "Questionnaire",
      ...identity(parts, profiles.questionnaire),
      status: "active",
      ...given({ version, name, title, date, description, effectivePeriod: maybe(effective, period) }),
      item: questions.map(asked),
    };
    return [{ resource, path: "questionnaire" }];
  });
}

/** As STU3 has them (FHIR STU3, Questionnaire.item.type). */
const types: readonly string[] = [...(typeDefinition("Questionnaire.item")?.byName.get("type")?.codes ?? [])];

/** The code of an option stands in an option and a coding. */
const depthOf = ({ options }: Readonly<Record<string, unknown>>): { own: number; below: number } => ({
  own: options === undefined ? 1 : 3,
  below: 1,
});

const items = nested(depthOf, (within) =>
  all(
    fields<QuestionInput>({
      linkId: text,
      text,
      type: oneOf(...types),
      required: optional(flag),
      repeats: optional(flag),
      options: optional(list(shapes.coded)),
      items: optional(within),
    }),
    // FHIR STU3, que-1.
    between<QuestionInput>(["type"], ({ type, items: below }, at) => {
      const place = at.field("items");
      const count = Array.isArray(below) ? below.length : 0;
      if (type === "group" && count === 0 && place.isRight())
        place.tell("must hold the questions of the group", "FHIR que-1");
      if (type === "display" && count > 0) absent("a display has no questions below it", "FHIR que-1")(below, place);
    }),
  ),
);

const shape: Shape = all(
  fields<QuestionnaireInput>({
    items,
    version: optional(text),
    name: optional(text),
    title: optional(text),
    date: optional(dateTime),
    description: optional(text),
    effective: optional(shapes.period),
  }),
  (value, at) => {
    if (isRecord(value)) tellTwice(value["items"], at.field("items"), new Set());
  },
);

/** Of questions with one linkId, each after the first (FHIR STU3, que-2). */
function tellTwice(questions: unknown, at: Place, known: Set<unknown>, above: readonly unknown[] = []): void {
  if (!Array.isArray(questions)) return;
  for (const [index, question] of (questions as unknown[]).entries()) {
    // What holds itself has been told of.
    if (!isRecord(question) || above.includes(question)) continue;
    const place = at.item(index);
    const { linkId } = question;
    if (typeof linkId === "string" && place.field("linkId").isRight() && known.has(linkId)) {
      place.field("linkId").tell("is that of another question", "FHIR que-2");
    }
    known.add(linkId);
    tellTwice(question["items"], place.field("items"), known, [...above, question]);
  }
}

function asked({
  options,
  items: below,
  linkId,
  text: words,
  type,
  required,
  repeats,
}: QuestionInput): QuestionnaireItem {
  return {
    linkId,
    text: words,
    type,
    ...given({
      required,
      repeats,
      option: options?.map((option) => ({ valueCoding: coding(option) })),
      item: below?.map(asked),
    }),
  };
}
