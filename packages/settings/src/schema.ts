import type { Rule } from "./rules.ts";

/** A JSON Schema (draft 2020-12), as plain JSON, with the keywords that something here looks at. */
export interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly description?: string;
  /** Not of JSON Schema: what editors, and this package, say of a value that is wrong. */
  readonly errorMessage?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly format?: string;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly items?: JsonSchema;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly oneOf?: readonly JsonSchema[];
  readonly dependentRequired?: Readonly<Record<string, readonly string[]>>;
  readonly discriminator?: { readonly propertyName: string };
  readonly [keyword: string]: unknown;
}

/**
 * What a value must be: the JSON Schema that is published and checked against, and by `Value` the type that it gives.
 *
 * The type is written first, as an interface that says what each property means to a programmer; the compiler refuses a
 * schema that lacks one of its properties, has another, or lets be absent what the type needs. (Types inferred from a
 * schema could not be exported: each export of this workspace states its type.)
 */
export interface Schema<out Value> {
  readonly json: JsonSchema;
  readonly formats: readonly TextFormat[];
  readonly rules: readonly Rule[];
  /** Never there: it carries the type. */
  readonly gives?: Value;
}

export interface ObjectSchema<Value extends object> extends Schema<Value> {
  readonly properties: PropertiesOf<Value>;
}

/** A schema for each property; an optional one where the property may be absent. */
export type PropertiesOf<Value extends object> = {
  readonly [Name in keyof Value]-?: object extends Pick<Value, Name>
    ? Optional<Exclude<Value[Name], undefined>>
    : Needed<Value[Name]>;
};

export interface Optional<out Value> extends Schema<Value> {
  readonly isOptional: true;
}

export interface Needed<out Value> extends Schema<Value> {
  readonly isOptional?: never;
}

/** A rule for a text that JSON Schema has no words for. Its name is the `format` of the published schema. */
export interface TextFormat {
  readonly name: string;
  readonly accepts: (text: string) => boolean;
  /** As much of it as a regular expression can say, for editors: they pass over a format that they do not know. */
  readonly pattern?: string;
  /** Completes `/mailboxes/0/odsCode ...`, such as `must be an ODS code: 3 to 12 letters and digits`. */
  readonly problem: string;
  /** Of a text that is not accepted what is wrong, before the problem: `has a password: it must be ...`. Nothing of the text that may be secret. */
  readonly fault?: (text: string) => string | undefined;
}

/** What every schema says of itself, for editors and for `docs/`. */
export interface About {
  /** A sentence: what it means, its unit, what happens if it is absent and has no default. */
  readonly description: string;
}

/** A text that is not empty. */
export function text(about: About & { readonly default?: string; readonly format?: TextFormat }): Needed<string> {
  const { format, ...rest } = about;
  if (format === undefined) return schema({ type: "string", pattern: "\\S", ...rest });
  const { name, pattern, problem } = format;
  const asPattern = pattern === undefined ? {} : { pattern };
  return schema({ type: "string", format: name, ...asPattern, errorMessage: problem, ...rest }, [format]);
}

/** A whole number. `from` and `to` are within the limits. */
export function whole(
  about: About & { readonly from: number; readonly to: number; readonly default?: number },
): Needed<number> {
  const { from, to, ...rest } = about;
  return schema({ type: "integer", minimum: from, maximum: to, ...rest });
}

export function flag(about: About & { readonly default?: boolean }): Needed<boolean> {
  return schema({ type: "boolean", ...about });
}

export function oneOf<Word extends string | number>(
  words: readonly [Word, ...Word[]],
  about: About & { readonly default?: Word; readonly errorMessage?: string },
): Needed<Word> {
  return schema({ enum: words, ...about });
}

export function list<Item>(
  items: Schema<Item>,
  about: About & { readonly least?: number; readonly default?: readonly Item[] },
): Needed<Item[]> {
  const { least, ...rest } = about;
  return schema(
    { type: "array", ...(least === undefined ? {} : { minItems: least }), ...rest, items: items.json },
    items.formats,
  );
}

/** An object with these properties and no other. `default: {}` has it there with the defaults of what is in it. */
export function object<Value extends object>(
  properties: PropertiesOf<Value>,
  about: About & {
    readonly default?: Record<string, never>;
    readonly errorMessage?: string;
    /** Exactly one of these properties. */
    readonly oneOf?: readonly { readonly required: readonly string[] }[];
    /** These properties only with those. */
    readonly dependentRequired?: Readonly<Record<string, readonly string[]>>;
  },
): ObjectSchema<Value> & Needed<Value> {
  const named = Object.entries<Schema<unknown> & { isOptional?: boolean }>(properties);
  const required = named.filter(([, property]) => property.isOptional !== true).map(([name]) => name);
  const made = schema<Value>(
    {
      type: "object",
      ...about,
      ...(required.length === 0 ? {} : { required }),
      additionalProperties: false,
      properties: Object.fromEntries(named.map(([name, { json }]) => [name, json])),
    },
    named.flatMap(([, { formats }]) => formats),
  );
  return { ...made, properties };
}

/** One of several objects: the property `by` says which, and is a property of each, with its own word. */
export function variants<Value extends object>(
  by: string,
  kinds: readonly Schema<Value>[],
  about: About & { readonly default?: Value },
): Needed<Value> {
  return schema(
    {
      type: "object",
      ...about,
      required: [by],
      discriminator: { propertyName: by },
      oneOf: kinds.map(({ json }) => json),
    },
    kinds.flatMap(({ formats }) => formats),
  );
}

export function optional<Value>(property: Schema<Value>): Optional<Value> {
  return { ...property, isOptional: true };
}

/** Rules between parts of a value, which no JSON Schema can say. */
export function withRules<Value extends object>(
  of: ObjectSchema<Value>,
  ...rules: readonly Rule[]
): ObjectSchema<Value> & Needed<Value> {
  const { json, formats, properties } = of;
  return { json, formats, properties, rules: [...of.rules, ...rules] };
}

function schema<Value>(json: JsonSchema, formats: readonly TextFormat[] = []): Needed<Value> {
  return { json, formats, rules: [] };
}
