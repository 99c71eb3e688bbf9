// What is wrong with an element in words, the same in XML and in JSON.
import type { Issue } from "../issue.ts";
import type { ElementDefinition, TypeDefinition } from "../stu3/element-table.ts";
import { primitiveFault } from "../stu3/primitives.ts";
import { withoutOuterSpaces } from "./spaces.ts";

/** Of a resource that STU3 does not know. */
export const opaqueIssue = {
  code: "unknown-resource",
  kept: "A resource is of a type that STU3 does not know: it is kept as it was written, and cannot be shown.",
  lost: "What is no resource of FHIR was left out.",
} as const;

/** Of a processing instruction. */
export const passedOver = {
  severity: "warning",
  code: "processing-instruction",
  text: "A processing instruction was passed over.",
} as const;

/** A value in which something is amiss. */
export interface Amiss {
  /** What is read of it. */
  value: string;
  /** It is a value of its type: one that is not in its list of codes is. */
  right: boolean;
  said: readonly Pick<Issue, "severity" | "code" | "text">[];
}

type Valued = Pick<ElementDefinition, "name" | "type" | "codes">;

/** The one element that is read of a resource that STU3 does not know, where it is an id. */
export const opaqueId: Valued = { name: "id", type: "id", codes: undefined };

/** Undefined where a value is read as it is written, and nothing is to be said of it: only what has a fault is looked at twice. */
export function amissIn(definition: Valued, written: string): Amiss | undefined {
  const fault = valueFault(definition, written);
  if (fault === undefined) return undefined;
  const bare = bareValue(definition.type, written);
  if (bare === undefined) return { value: written, right: fault.code !== "bad-value", said: [fault] };
  const left = valueFault(definition, bare);
  const text = `${definition.name} has white space around its value: it was read without.`;
  const spaces = { severity: "warning", code: "outer-space", text } as const;
  return { value: bare, right: left?.code !== "bad-value", said: left === undefined ? [spaces] : [spaces, left] };
}

/** Of these white space is a part, or may stand anywhere (base64). */
const spacesAreOf: ReadonlySet<string> = new Set(["string", "markdown", "base64Binary"]);

/** Undefined where there is no white space around it, or nothing else. */
function bareValue(type: string, written: string): string | undefined {
  if (spacesAreOf.has(type)) return undefined;
  const bare = withoutOuterSpaces(written);
  return bare === "" || bare.length === written.length ? undefined : bare;
}

function valueFault({ name, type, codes }: Valued, written: string): Amiss["said"][number] | undefined {
  const fault = primitiveFault(type, written);
  if (fault !== undefined) return { severity: "error", code: "bad-value", text: `${name} ${fault}.` };
  if (codes === undefined || codes.has(written)) return undefined;
  return { severity: "error", code: "bad-code", text: `${name} is not one of ${[...codes].join(", ")}.` };
}

/** Whether an element is there: by its value, or by what stands beside it. */
export function isHeld(value: Readonly<Record<string, unknown>>, name: string): boolean {
  return name in value || `_${name}` in value;
}

/**
 * Each element that the type requires and `value` has not, in a sentence. Of one that stood there and was left out there is
 * one already.
 */
export function missingFrom(
  type: TypeDefinition,
  value: Readonly<Record<string, unknown>>,
  isLeftOut: (name: string) => boolean,
): { name: string; text: string }[] {
  return type.required.flatMap((names) => {
    if (names.some((name) => isHeld(value, name) || isLeftOut(name))) return [];
    const [first = ""] = names;
    const name = names.length === 1 ? first : (type.byName.get(first)?.choice ?? first);
    return [{ name, text: `${type.name} has no ${name}.` }];
  });
}
