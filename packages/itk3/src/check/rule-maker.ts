import { none } from "./look.ts";
import type { CheckContext, Rule } from "./rule.ts";

/** Makes a rule of what it goes by (numbers, or an id of its own), what is asked, what was found where it is not so, and where that is. */
export type MakeRule = (
  id: Rule["numbers"] | string,
  requirement: string,
  text: string,
  breaches: Rule["breaches"],
  rest?: Partial<Rule>,
) => Rule;

/** For rules that share what answers their breach: errors unless a rule says otherwise, and only where `when` holds. */
export function ruleMaker(
  shared: Pick<Rule, "responseCode" | "issueCode">,
  when?: (context: CheckContext) => boolean,
): MakeRule {
  return (id, requirement, text, breaches, rest = {}) => ({
    numbers: typeof id === "string" ? { own: id } : id,
    severity: "error",
    ...shared,
    requirement,
    text,
    breaches: when === undefined ? breaches : (context) => (when(context) ? breaches(context) : none),
    ...rest,
  });
}

/** Of documents alone: a response is held against other rules. */
export function ofDocuments({ useCase }: CheckContext): boolean {
  return useCase !== "response";
}
