import type { ObjectSchema, Schema } from "@restante/settings";
import type { Control, Fault } from "../control.ts";
import type { SentErrorCode } from "../error-answer.ts";

type Groups = Exclude<keyof Control, "reset" | "events">;

/** Every verb by its name in `Control`, but `events`, which answers with a stream: `messages.expectNone`. */
export type OperationName = "reset" | { [Group in Groups]: `${Group}.${keyof Control[Group] & string}` }[Groups];

type VerbOf<Name extends OperationName> = Name extends "reset"
  ? Control["reset"]
  : Name extends `${infer Group extends Groups}.${infer Verb}`
    ? Control[Group][Verb & keyof Control[Group]]
    : never;

/** The input of a verb that takes none. */
export type Nothing = Readonly<Record<string, never>>;

export type InputOf<Name extends OperationName> =
  VerbOf<Name> extends (...given: infer Given) => unknown
    ? Given extends readonly []
      ? Nothing
      : NonNullable<Extract<Given, readonly unknown[]>[0]>
    : never;

export type AnswerOf<Name extends OperationName> =
  VerbOf<Name> extends (...given: never[]) => Promise<infer Answer> ? Answer : never;

/** With every property of the interface, so that what it gains or loses does not compile before its schema does. */
type SchemaOf<Value> = [Value] extends [Fault] ? Schema<Value> : ObjectSchema<Extract<Value, object>>;

/** What a verb takes, answers and refuses: the listener checks by it, and client, command line and documents are made of it. */
export interface Described<Name extends OperationName> {
  /** One line: what it does. */
  readonly summary: string;
  /** What else is to be known. */
  readonly remark?: string;
  readonly input: SchemaOf<InputOf<Name>>;
  readonly answer: SchemaOf<AnswerOf<Name>>;
  /** Beside those that every verb can give. */
  readonly errors: readonly SentErrorCode[];
}

/** What every verb can give. */
export const commonErrors: readonly SentErrorCode[] = ["input-invalid", "not-allowed", "failed"];

export type DescribedGroup<Group extends Groups> = {
  readonly [Name in OperationName as Name extends `${Group}.${string}` ? Name : never]: Described<Name>;
};
