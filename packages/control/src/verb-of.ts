import type { Control } from "./control.ts";
import type { AnswerOf, InputOf, OperationName } from "./operations/operation.ts";

/** A verb as whoever has only its name calls it. Not every one looks at the signal. */
export type Verb<Name extends OperationName> = (
  input: InputOf<Name>,
  options?: { signal?: AbortSignal },
) => Promise<AnswerOf<Name>>;

/** The function of a verb, by its name: the table of operations is held against `Control`, which has no other. */
export function verbOf<Name extends OperationName>(control: Omit<Control, "events">, name: Name): Verb<Name> {
  const [group, verb] = name.split(".") as [keyof typeof control, string?];
  const found: unknown = control[group];
  return (verb === undefined ? found : (found as Record<string, unknown>)[verb]) as Verb<Name>;
}
