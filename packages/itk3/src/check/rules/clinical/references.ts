// Demands on where references lead: within the document, or to what the resource itself contains.
import { systems } from "../../../names.ts";
import type { Patient, Reference, Resource } from "../../../stu3/types.ts";
import { identifierOf } from "../../look.ts";
import type { CheckContext, RequirementNumbers, Rule } from "../../rule.ts";
import { demand, elementAt, type ResourceType, type Rest } from "./demand.ts";
import { anyOf, everyAt, readable, type Value, withArticle } from "./paths.ts";

type Targets = readonly [ResourceType, ...ResourceType[]] | "any resource";

/** Every resource that a reference of `resource` may mean; `#id` is one that it contains. */
export function ledTo(resource: Value, reference: unknown, context: CheckContext): readonly Resource[] {
  const { reference: to } = reference as { reference?: unknown };
  if (typeof to !== "string" || !to.startsWith("#")) return context.references.candidates(reference as Reference);
  return context.containedIn(resource).named(to.slice(1));
}

/** Every resource that the references at a path may mean. */
export function ledToFrom(resource: Value, path: string, context: CheckContext): readonly Resource[] {
  return everyAt(resource, path).flatMap((reference) => ledTo(resource, reference, context));
}

const isOf = ({ resourceType }: Resource, targets: Targets): boolean =>
  targets === "any resource" || targets.includes(resourceType);

const named = (targets: Targets): string =>
  targets === "any resource" ? "a resource" : anyOf(targets.map((target) => withArticle(target)));

/** The element is a reference that leads to a resource of one of these types. */
export function leadsTo(
  numbers: RequirementNumbers,
  type: ResourceType,
  path: string,
  targets: Targets,
  rest?: Rest,
): Rule {
  return demand(
    numbers,
    type,
    path,
    {
      asked: `lead to ${named(targets)} in the document`,
      wrong: `${elementAt(type, path)} does not lead to ${named(targets)} in the document.`,
    },
    (resource, context) => ledToFrom(resource, path, context).some((target) => isOf(target, targets)),
    { ...rest, leads: true },
  );
}

/** Wherever the parent is there, the element within it is such a reference. */
export function eachLeadsTo(
  numbers: RequirementNumbers,
  type: ResourceType,
  parent: string,
  name: string,
  targets: Targets,
  rest?: Rest,
): Rule {
  const within = elementAt(type, parent);
  return demand(
    numbers,
    type,
    parent,
    {
      of: `In every ${within}, ${readable(name)}`,
      asked: `lead to ${named(targets)} in the document`,
      wrong: `In ${withArticle(within)}, ${readable(name)} does not lead to ${named(targets)} in the document.`,
    },
    (resource, context) =>
      everyAt(resource, parent).every((value) =>
        everyAt(value as Value, name).some((reference) =>
          ledTo(resource, reference, context).some((target) => isOf(target, targets)),
        ),
      ),
    { ...rest, leads: true },
  );
}

/** The element may be missing, or lead out of the document; what it leads to in it is of one of these types. */
export function leadsOnlyTo(
  numbers: RequirementNumbers,
  type: ResourceType,
  path: string,
  targets: Targets,
  rest?: Rest,
): Rule {
  return demand(
    numbers,
    type,
    path,
    {
      asked: `lead to nothing but ${named(targets)}`,
      wrong: `${elementAt(type, path)} leads to something other than ${named(targets)}.`,
    },
    (resource, context) =>
      everyAt(resource, path).every((reference) => {
        const found = ledTo(resource, reference, context);
        return found.length === 0 || found.some((target) => isOf(target, targets));
      }),
    { ...rest, leads: true },
  );
}

/** The element is a reference to the patient whom the document is about. */
export function isThePatient(numbers: RequirementNumbers, type: ResourceType, path: string, rest?: Rest): Rule {
  return demand(
    numbers,
    type,
    path,
    {
      asked: "lead to the Patient of the document",
      wrong: `${elementAt(type, path)} does not lead to the Patient of the document.`,
    },
    (resource, context) => {
      const { patient } = context.message;
      if (patient === undefined) return true;
      const { all: contained } = context.containedIn(resource);
      return ledToFrom(resource, path, context).some(
        (found) => found === patient || (contained.has(found) && isSame(found, patient)),
      );
    },
    { ...rest, leads: true },
  );
}

// A resource may contain a Patient of its own, who is then known by the NHS number.
function isSame(found: Resource, patient: Patient): boolean {
  if (found.resourceType !== "Patient") return false;
  const number = identifierOf(found.identifier, systems.nhsNumber);
  return number !== undefined && number === identifierOf(patient.identifier, systems.nhsNumber);
}
