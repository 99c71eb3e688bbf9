// What the rules of a profile are made of.
import type { CodeableConcept, Coding, Extension, Identifier, Resource } from "../../../stu3/types.ts";
import { isText, unless } from "../../look.ts";
import type { ResourceOfType } from "../../resources.ts";
import type { Breach, CheckContext, Rule } from "../../rule.ts";
import { type MakeRule, ruleMaker } from "../../rule-maker.ts";

/** About the message itself, unless said otherwise. */
export const rule: MakeRule = ruleMaker({ responseCode: "20006", issueCode: "structure" });

/** A rule about the document. */
export const payload = { responseCode: "20009" } as const;
export const required = { issueCode: "required" } as const;
export const requiredInPayload = { responseCode: "20009", issueCode: "required" } as const;

type Find<T extends object> = (context: CheckContext) => readonly T[];

/** Resources of the message bundle itself. */
export const outer =
  <T extends Resource["resourceType"]>(type: T): Find<ResourceOfType<T>> =>
  (context) =>
    context.outer.ofType(type);

/** Resources of the document. */
export const inner =
  <T extends Resource["resourceType"]>(type: T): Find<ResourceOfType<T>> =>
  (context) =>
    context.inner.ofType(type);

/** Looks at each of what is found. */
export const each =
  <T extends object>(find: Find<T>, look: (element: T, context: CheckContext) => readonly Breach[]): Rule["breaches"] =>
  (context) => {
    const breaches: Breach[] = [];
    for (const element of find(context)) {
      for (const breach of look(element, context)) breaches.push(breach);
    }
    return breaches;
  };

/** `ITK-MessageHeader-2` and `MessageHeader.event` make `ITK-MessageHeader-2:event.`: what ids begin with. */
function idsOf(profile: string, path: string): string {
  const [, ...rest] = path.split(".");
  return `${profile}:${rest.map((part) => `${part}.`).join("")}`;
}

/** One rule an element that a profile takes away from what stands at `path`. */
export function absent(
  profile: string,
  path: string,
  names: readonly string[],
  find: Find<object>,
  rest: Partial<Rule> = {},
): Rule[] {
  return names.map((name) =>
    rule(
      `${idsOf(profile, path)}${name}`,
      `${path} must not have ${name} (${profile}).`,
      `${path} has ${name}, which ${profile} does not allow.`,
      each(find, (element) => unless(!(name in element), element, name)),
      rest,
    ),
  );
}

/** An extension that a profile allows once, or not at all. */
export function extensionAtMost(
  max: 0 | 1,
  profile: string,
  path: string,
  name: string,
  url: string,
  find: Find<{ extension?: Extension[] }>,
  rest: Partial<Rule> = {},
): Rule {
  return rule(
    `${idsOf(profile, path)}extension.${name}`,
    `${path} must not have the extension ${name}${max === 0 ? "" : " more than once"} (${profile}).`,
    max === 0
      ? `${path} has the extension ${name}, which ${profile} does not allow.`
      : `${path} has the extension ${name} more than once.`,
    each(find, (element) =>
      unless((element.extension ?? []).filter((held) => held.url === url).length <= max, element, "extension"),
    ),
    { issueCode: "extension", ...rest },
  );
}

/** An identifier that a profile speaks of by its system, such as an `NHS number`. */
export interface Slice {
  profile: string;
  type: string;
  name: string;
  system: string;
  find: Find<{ identifier?: Identifier[] }>;
}

export function identifierOnce({ profile, type, name, system, find }: Slice, rest: Partial<Rule> = {}): Rule {
  return rule(
    `${profile}:identifier`,
    `${type} must have no more than one ${name} (${profile}).`,
    `${type} has more than one ${name}.`,
    each(find, (resource) =>
      unless((resource.identifier ?? []).filter((held) => held.system === system).length <= 1, resource, "identifier"),
    ),
    rest,
  );
}

export function identifierValue({ profile, type, name, system, find }: Slice, rest: Partial<Rule> = {}): Rule {
  return rule(
    `${profile}:identifier.value`,
    `${type} must give its ${name} a value (${profile}).`,
    `${type} has the system of its ${name} without a value.`,
    each(find, ({ identifier }) =>
      (identifier ?? []).flatMap((held) => unless(held.system !== system || isText(held.value), held, "value")),
    ),
    { issueCode: "required", ...rest },
  );
}

/** Every coding has system, code and display. */
export function isWhollyCoded(concept: CodeableConcept | undefined): boolean {
  return (concept?.coding ?? []).every(
    ({ system, code, display }: Coding) => isText(system) && isText(code) && isText(display),
  );
}
