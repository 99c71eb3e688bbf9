import { profiles } from "../../names.ts";
import type { Reference, Task, TaskInput as TaskParameter } from "../../stu3/types.ts";
import { fields, filled, isRecord, list, optional, type Shape } from "../../input/shapes.ts";
import { dateTime, oneOf, text, whole } from "../../input/values.ts";
import { reference } from "../seen.ts";
import { type Concept, concept, given, maybe, notes, period, type PeriodInput } from "./pieces.ts";
import * as shapes from "./piece-shapes.ts";
import { type DocumentParts, identity, sectionOf } from "./parts.ts";
import type { StructuredSection } from "../structured-section.ts";

/** Something that the task needs or makes: words, yes or no, a concept, or another entry of the document. */
export interface TaskValueInput {
  type: Concept;
  value: string | boolean | Concept | Reference;
}

export interface TaskInput {
  /** GPCM-SD-OC-117. */
  intent: "proposal" | "plan" | "order";
  /** The requirement's `normal` is STU3's `routine` (GPCM-SD-OC-118). */
  priority?: "routine" | "urgent" | "asap" | "stat";
  /** What is to be done (GPCM-SD-OC-119). */
  code?: Concept;
  description?: string;
  /** What it is to be done to: another entry of the document. */
  focus?: Reference;
  /** Who asks; the practitioner of the document unless said (GPCM-SD-OC-122). */
  requester?: Reference;
  /** Who is to see that it is done (GPCM-SD-OC-123). */
  owner?: Reference;
  /** Why (GPCM-SD-OC-124). */
  reason?: Concept;
  /** Why it stands where it stands (GPCM-SD-OC-116). */
  statusReason?: Concept;
  /** What of `focus` is not asked for (GPCM-SD-OC-126). */
  restriction?: { repetitions?: number; period?: PeriodInput; recipients?: readonly Reference[] };
  /** GPCM-SD-OC-127, 128. */
  inputs?: readonly TaskValueInput[];
  outputs?: readonly TaskValueInput[];
  /** A date, or a date and time with a zone. */
  authored?: string;
  /** GPCM-SD-OC-125. */
  notes?: readonly string[];
}

/**
 * What the receiver is asked to do (GPCM-SD-OC-115 to 128).
 *
 * @throws Itk3Error `input-invalid`
 */
export function taskSection(parts: DocumentParts, inputs: readonly TaskInput[]): StructuredSection {
  return sectionOf({ title: "Tasks", name: "tasks", entry }, parts, inputs, (input) => task(parts, input));
}

const parameterValueShape: Shape = (value, at) => {
  if (typeof value === "boolean") return;
  if (!isRecord(value)) return text(value, at);
  return ("code" in value || "text" in value ? shapes.concept : reference())(value, at);
};

const parameters = list(fields<TaskValueInput>({ type: shapes.concept, value: parameterValueShape }));

const restrictionShape = filled(
  fields<NonNullable<TaskInput["restriction"]>>({
    repetitions: optional(whole("positiveInt")),
    period: optional(shapes.period),
    recipients: optional(list(reference())),
  }),
);

const entry = fields<TaskInput>({
  intent: oneOf("proposal", "plan", "order"),
  priority: optional(oneOf("routine", "urgent", "asap", "stat")),
  code: optional(shapes.concept),
  description: optional(text),
  focus: optional(reference()),
  requester: optional(reference()),
  owner: optional(reference()),
  reason: optional(shapes.concept),
  statusReason: optional(shapes.concept),
  restriction: optional(restrictionShape),
  inputs: optional(parameters),
  outputs: optional(parameters),
  authored: optional(dateTime),
  notes: optional(shapes.texts),
});

function task(parts: DocumentParts, input: TaskInput): Task {
  return {
    resourceType: "Task",
    ...identity(parts, profiles.task),
    status: "requested",
    intent: input.intent,
    for: parts.patient,
    requester: { agent: input.requester ?? parts.practitioner },
    ...given({
      statusReason: maybe(input.statusReason, concept),
      priority: input.priority,
      code: maybe(input.code, concept),
      description: input.description,
      focus: input.focus,
      context: parts.encounter,
      authoredOn: input.authored,
      owner: input.owner,
      reason: maybe(input.reason, concept),
      note: notes(input.notes),
      restriction: maybe(input.restriction, restriction),
      input: input.inputs?.map(parameter),
      output: input.outputs?.map(parameter),
    }),
  };
}

function restriction(input: NonNullable<TaskInput["restriction"]>): NonNullable<Task["restriction"]> {
  return given({
    repetitions: input.repetitions,
    period: maybe(input.period, period),
    recipient: input.recipients?.slice(),
  });
}

function parameter({ type, value }: TaskValueInput): TaskParameter {
  return { type: concept(type), ...parameterValue(value) };
}

function parameterValue(value: TaskValueInput["value"]): TaskParameter {
  if (typeof value === "string") return { valueString: value };
  if (typeof value === "boolean") return { valueBoolean: value };
  return "code" in value || "text" in value ? { valueCodeableConcept: concept(value) } : { valueReference: value };
}
