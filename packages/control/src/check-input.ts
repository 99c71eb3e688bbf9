import { findProblems, listed } from "@restante/settings";
import { ControlError } from "./control-error.ts";
import { operations } from "./operations.ts";
import type { InputOf, OperationName } from "./operations/operation.ts";

/**
 * The input of a verb, if it is one: by the schema that the documents show.
 *
 * @param value absent is as nothing: `{}`
 * @throws {ControlError} `input-invalid`, with every problem by its JSON Pointer; nothing of the value is repeated
 */
export function checkInput<Name extends OperationName>(name: Name, value: unknown = {}): InputOf<Name> {
  const problems = findProblems(operations[name].input, value);
  if (problems.length === 0) return value as InputOf<Name>;
  const lines = problems.map(({ pointer, words }) => (pointer === "" ? `it ${words}` : `${pointer} ${words}`));
  throw new ControlError("input-invalid", listed(`The values for ${name}`, lines));
}
