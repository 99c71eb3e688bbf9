import { unless } from "../../look.ts";
import type { Rule } from "../../rule.ts";
import type { ElementTypes } from "../../walk.ts";

/** `asked` is what must (or should) hold of every element of the type, `wrong` what is said where it does not. */
export function invariant<Type extends keyof ElementTypes>(
  key: string,
  type: Type,
  asked: string,
  wrong: string,
  holds: (element: ElementTypes[Type]) => boolean,
  severity: Rule["severity"] = "error",
): Rule {
  return {
    numbers: { own: `FHIR:${key}` },
    severity,
    responseCode: "20009",
    issueCode: "invariant",
    requirement: `${asked} (FHIR ${key}).`,
    text: wrong,
    breaches: ({ elements }) => elements.ofType(type).flatMap((element) => unless(holds(element), element)),
  };
}
