// What goes between a test and its server in another process, beside the configuration and events.

import type { Operator } from "@restante/mesh-server";

export interface OperatorCall {
  call: number;
  verb: keyof Operator;
  words: readonly string[];
}

export interface OperatorAnswer {
  call: number;
  result: OperatorResult;
}

/** What a verb returned, or the code of its error. */
export type OperatorResult = { value: unknown } | { code: string };
