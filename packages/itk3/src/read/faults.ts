// What is wrong with an element in words, the same in XML and in JSON.
import type { IssueCode } from "../issue.ts";
import type { ElementDefinition, TypeDefinition } from "../stu3/element-table.ts";
import { primitiveFault } from "../stu3/primitives.ts";

/** Of a resource that STU3 does not know. */
export const opaqueIssue = {
  code: "unknown-resource",
  kept: "A resource is of a type that STU3 does not know: it is kept as it was written, and cannot be shown.",
  lost: "What is no resource of FHIR was left out.",
} as const;

export interface ValueFault {
  /** A value that is no value of its type may not be kept; one that is not in its list of codes is. */
  code: Extract<IssueCode, "bad-value" | "bad-code">;
  text: string;
}

export function valueFault({ name, type, codes }: ElementDefinition, written: string): ValueFault | undefined {
  const fault = primitiveFault(type, written);
  if (fault !== undefined) return { code: "bad-value", text: `${name} ${fault}.` };
  if (codes === undefined || codes.has(written)) return undefined;
  return { code: "bad-code", text: `${name} is not one of ${[...codes].join(", ")}.` };
}

/** Whether an element is there: by its value, or by what stands beside it. */
export function isHeld(value: Readonly<Record<string, unknown>>, name: string): boolean {
  return name in value || `_${name}` in value;
}

/** A sentence for each element that the type requires and `value` has not; of one that was left out there is one already. */
export function missingFrom(
  type: TypeDefinition,
  value: Readonly<Record<string, unknown>>,
  leftOut: string | undefined,
): string[] {
  return type.required.flatMap((names) => {
    if (names.some((name) => name === leftOut || isHeld(value, name))) return [];
    const [first = ""] = names;
    const missing = names.length === 1 ? first : (type.byName.get(first)?.choice ?? first);
    return [`${type.name} has no ${missing}.`];
  });
}
