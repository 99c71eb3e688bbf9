import type { Kind, Rule } from "./rule.ts";

/** Makes a rule of what it goes by (numbers, or an id of its own), what is asked, what was found where it is not so, and where that is. */
export type MakeRule = (
  id: Rule["numbers"] | string,
  requirement: string,
  text: string,
  breaches: Rule["breaches"],
  rest?: Partial<Rule>,
) => Rule;

/** For rules that share what answers their breach, and of which messages they are asked: errors unless a rule says otherwise. */
export function ruleMaker(shared: Pick<Rule, "responseCode" | "issueCode">, asked?: Rule["asked"]): MakeRule {
  return (id, requirement, text, breaches, rest = {}) => ({
    numbers: typeof id === "string" ? { own: id } : id,
    severity: "error",
    ...shared,
    ...(asked === undefined ? {} : { asked }),
    requirement,
    text,
    breaches,
    ...rest,
  });
}

/** Of documents alone: a response is held against other rules. */
export function ofDocuments({ useCase }: Kind): boolean {
  return useCase !== "response";
}

/** Of responses alone. */
export function ofResponses({ useCase }: Kind): boolean {
  return useCase === "response";
}
