import type { Schema } from "@restante/settings";
import type { SentErrorCode } from "./error-answer.ts";
import { faults } from "./operations/faults.ts";
import { mailboxes } from "./operations/mailboxes.ts";
import { messages } from "./operations/messages.ts";
import { commonErrors, type Described, type OperationName } from "./operations/operation.ts";
import { clock, demographics, reset, snapshots } from "./operations/server.ts";

/** A verb of control, as everything that offers it has it. */
export interface Operation {
  /** As in `Control`: `messages.expectNone`. A step of a scenario has it too. */
  readonly name: OperationName;
  /** As they are typed after `restante control`: `messages`, `expect-none`. */
  readonly words: readonly string[];
  /** What is asked over HTTP: `/v1/messages/expect-none`. The method is POST, of every verb. */
  readonly path: string;
  /** One line: what it does. */
  readonly summary: string;
  /** What else is to be known. */
  readonly remark?: string;
  readonly input: Schema<unknown>;
  readonly answer: Schema<unknown>;
  /** All that it can give. */
  readonly errors: readonly SentErrorCode[];
}

const described: { readonly [Name in OperationName]: Described<Name> } = {
  ...messages,
  ...mailboxes,
  ...faults,
  ...clock,
  ...demographics,
  ...snapshots,
  reset,
};

/** In the order of `Control`, without `events`, which answers with a stream. */
export const everyOperation: readonly Operation[] = (Object.keys(described) as OperationName[]).map((name) => {
  const of: Omit<Operation, "name" | "words" | "path"> = described[name];
  const words = name.split(".").map((word) => word.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`));
  return Object.assign({ name, words, path: `/v1/${words.join("/")}` }, of, {
    errors: [...commonErrors, ...of.errors],
  });
});

export const operations: Readonly<Record<OperationName, Operation>> = Object.fromEntries(
  everyOperation.map((operation) => [operation.name, operation]),
) as Record<OperationName, Operation>;
