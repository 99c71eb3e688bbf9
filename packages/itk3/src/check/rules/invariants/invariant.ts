import { unless } from "../../look.ts";
import type { CheckContext, Rule } from "../../rule.ts";
import type { ElementTypes } from "../../walk.ts";

/** `asked` is what must hold of every element of the type, `wrong` what is said where it does not. */
export function invariant<Type extends keyof ElementTypes>(
  key: string,
  type: Type,
  asked: string,
  wrong: string,
  holds: (element: ElementTypes[Type]) => boolean,
): Rule {
  return invariantWhere(key, asked, wrong, ({ elements }) =>
    elements.ofType(type).flatMap((element) => unless(holds(element), element)),
  );
}

/** An invariant of which one element alone does not tell whether it holds. */
export function invariantWhere(
  key: string,
  asked: string,
  wrong: string,
  breaches: (context: CheckContext) => ReturnType<Rule["breaches"]>,
): Rule {
  return {
    numbers: { own: `FHIR:${key}` },
    severity: "error",
    responseCode: "20009",
    issueCode: "invariant",
    requirement: `${asked} (FHIR ${key}).`,
    text: wrong,
    breaches,
  };
}
