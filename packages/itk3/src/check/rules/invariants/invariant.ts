import { unless } from "../../look.ts";
import type { CheckContext, Rule } from "../../rule.ts";
import type { ElementTypes } from "../../walk.ts";

interface Rest {
  /** Which part of the element is wrong, where that can be said. */
  path?: string;
  alsoShows?: readonly string[];
}

/** `asked` is what must hold of every element of the type, `wrong` what is said where it does not. */
export function invariant<Type extends keyof ElementTypes>(
  key: string,
  type: Type,
  asked: string,
  wrong: string,
  holds: (element: ElementTypes[Type]) => boolean,
  { path, ...rest }: Rest = {},
): Rule {
  const breaches: Rule["breaches"] = ({ elements }) =>
    elements.ofType(type).flatMap((element) => unless(holds(element), element, path));
  return { ...invariantWhere(key, asked, wrong, breaches), ...rest };
}

/** An element of a resource that Send Document does not name: TypeScript has no type for it. */
export type OtherElement = Readonly<Record<string, unknown>>;

/** The same of a type that TypeScript does not know, by its name in the table. */
export function invariantOfOther(
  key: string,
  type: string,
  asked: string,
  wrong: string,
  holds: (element: OtherElement, context: CheckContext) => boolean,
  severity: Rule["severity"] = "error",
): Rule {
  return invariantWhere(
    key,
    asked,
    wrong,
    (context) =>
      context.elements
        .ofType(type as "BackboneElement")
        .flatMap((element) => unless(holds(element as object as OtherElement, context), element)),
    severity,
  );
}

/** An invariant of which one element alone does not tell whether it holds. */
export function invariantWhere(
  key: string,
  asked: string,
  wrong: string,
  breaches: (context: CheckContext) => ReturnType<Rule["breaches"]>,
  severity: Rule["severity"] = "error",
): Rule {
  return {
    numbers: { own: `FHIR:${key}` },
    severity,
    responseCode: "20009",
    issueCode: "invariant",
    requirement: `${asked} (FHIR ${key}).`,
    text: wrong,
    breaches,
  };
}
