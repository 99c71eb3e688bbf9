import { type JsonSchema, type Rule, type Schema, text, whole } from "@restante/settings";
import { everyOperation } from "../operations.ts";
import { answerInput, repeatInput, sayInput } from "./own-steps.ts";

// The schema of a scenario's file. By it editors complete the verbs and what each takes. What is read is checked in two
// turns: the file's frame by this schema, with anything as the input of a step; then, with the values of the variables in
// their places, each input by its verb's own schema (check-steps.ts).

/** What a scenario's file says. */
export interface WrittenScenario {
  summary: string;
  variables?: Record<string, WrittenVariable>;
  steps: WrittenStep[];
  finally?: WrittenStep[];
}

export interface WrittenVariable {
  about: string;
  default?: string | number;
}

export type WrittenStep = Readonly<Record<string, unknown>>;

/** What each thing that a step can do takes: the verbs of control, and the steps of the runner's own. */
export const stepInputs: ReadonlyMap<string, Schema<unknown>> = new Map<string, Schema<unknown>>([
  ...everyOperation.map(({ name, input }): [string, Schema<unknown>] => [name, input]),
  ["say", sayInput],
  ["answer", answerInput],
  ["repeat", repeatInput],
]);

/** Every word that a step can begin with. */
export const stepWords: readonly string[] = [...stepInputs.keys()];

const about = {
  as: "The name under which the step's answer is kept, for `${name.part}` in later steps. Of an answer with messages the first one's parts can be named at once: `${name.messageId}`. Absent: it is not kept.",
  otherwise:
    "What it means where this step fails, for whoever's client is under test. Absent: the failure is told alone.",
};

/** The frame, with rules that look through its steps. */
export function frameSchema(...rules: readonly Rule[]): Schema<WrittenScenario> {
  const anything = { type: ["object", "null"] };
  return scenarioFile((word) => (word === "say" ? sayInput.json : anything), rules);
}

function scenarioFile(inputOf: (word: string) => JsonSchema, rules: readonly Rule[]): Schema<WrittenScenario> {
  const step = {
    type: "object",
    errorMessage: "must be one thing to do, with what it takes: `faults.clear: {}`",
    additionalProperties: false,
    properties: {
      ...Object.fromEntries(stepWords.map((word) => [word, inputOf(word)])),
      as: { type: "string", pattern: "^[a-z][A-Za-z0-9]*$", description: about.as, errorMessage: nameWords },
      otherwise: text({ description: about.otherwise }).json,
    },
  };
  const steps = { type: "array", minItems: 1, items: { $ref: "#/$defs/step" } };
  const json: JsonSchema = {
    type: "object",
    description: "A scenario: what a development server does to a client, and what the client is to do.",
    required: ["summary", "steps"],
    additionalProperties: false,
    properties: {
      summary: text({ description: "A sentence: what a client is shown to do." }).json,
      variables: {
        type: "object",
        description: "What may be set for a run: `--set NAME=VALUE`. Absent: nothing.",
        additionalProperties: variable,
      },
      steps: { ...steps, description: "Done in their order; the first that fails ends the run." },
      finally: {
        ...steps,
        description:
          "Done at the end, also where a step failed or the run was interrupted. One that refers to what was never kept is passed over. Absent: nothing.",
      },
    },
    $defs: { step },
  };
  return { json, formats: [], rules };
}

const nameWords = "must be a name: a small letter, and letters and digits";

const variable: JsonSchema = {
  type: "object",
  required: ["about"],
  additionalProperties: false,
  properties: {
    about: text({ description: "What it is, in a sentence." }).json,
    default: {
      anyOf: [
        text({ description: "A text." }).json,
        whole({ description: "A number.", from: 0, to: Number.MAX_SAFE_INTEGER }).json,
      ],
      errorMessage: "must be a text that is not empty or a whole number",
      description: "What it is where it is not set. Absent: it must be set.",
    },
  },
};

/** Wherever a number, a word or an id is wanted there may be a reference to one. */
function withReferences(json: JsonSchema): JsonSchema {
  const { properties, items, oneOf, discriminator } = json;
  if (properties !== undefined || oneOf !== undefined || items !== undefined) {
    const by = discriminator?.propertyName;
    return {
      ...json,
      ...(properties && { properties: mapped(properties, withReferences) }),
      ...(items && { items: withReferences(items) }),
      ...(oneOf && { oneOf: oneOf.map((kind) => variantWithReferences(kind, by)) }),
    };
  }
  const isLeaf = json.enum !== undefined || json.type !== "string" || json.pattern !== undefined;
  if (!isLeaf || json.type === "object") return json;
  const { description, default: initial, ...wanted } = json;
  return {
    ...(description !== undefined && { description }),
    ...(initial !== undefined && { default: initial }),
    anyOf: [wanted, { type: "string", pattern: "\\$\\{" }],
  };
}

/** The word that says which of the variants it is stays as it is. */
function variantWithReferences(kind: JsonSchema, by: string | undefined): JsonSchema {
  const made = withReferences(kind);
  const word = by === undefined ? undefined : kind.properties?.[by];
  return word === undefined ? made : { ...made, properties: { ...made.properties, [by!]: word } };
}

function mapped(
  properties: Readonly<Record<string, JsonSchema>>,
  map: (json: JsonSchema) => JsonSchema,
): Record<string, JsonSchema> {
  return Object.fromEntries(Object.entries(properties).map(([name, json]) => [name, map(json)]));
}

/** As it is published. */
export const scenarioSchema: Schema<WrittenScenario> = scenarioFile((word) => {
  if (word === "say") return sayInput.json;
  const { json } = stepInputs.get(word)!;
  const input = withReferences(json);
  // `clock.read:` alone is right where nothing must be given.
  if (word !== "repeat") return json.required === undefined ? { ...input, type: ["object", "null"] } : input;
  const { steps, ...rest } = input.properties ?? {};
  return { ...input, properties: { ...rest, steps: { ...steps, items: { $ref: "#/$defs/step" } } } };
}, []);
