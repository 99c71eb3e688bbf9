// Demands on where references lead within the document.
import type { Reference, Resource } from "../../../stu3/types.ts";
import type { CheckContext, RequirementNumbers, Rule } from "../../rule.ts";
import { demand, type ResourceType, type Rest } from "./demand.ts";
import { anyOf, everyAt, readable, type Value } from "./paths.ts";

type Targets = readonly [ResourceType, ...ResourceType[]] | "any resource";

/** Every resource that the references at a path may mean. */
export function ledToFrom(resource: Value, path: string, { references }: CheckContext): readonly Resource[] {
  return everyAt(resource, path).flatMap((reference) => references.candidates(reference as Reference));
}

const isOf = ({ resourceType }: Resource, targets: Targets): boolean =>
  targets === "any resource" || targets.includes(resourceType);

const named = (targets: Targets): string => (targets === "any resource" ? targets : anyOf(targets));

/** The element is a reference that leads to a resource of one of these types. */
export function leadsTo(
  numbers: RequirementNumbers,
  type: ResourceType,
  path: string,
  targets: Targets,
  rest?: Rest,
): Rule {
  const name = readable(path);
  return demand(
    numbers,
    type,
    path,
    {
      asked: `refer to ${named(targets)} by ${name}`,
      wrong: `${type}.${name} does not lead to ${named(targets)} in the document.`,
    },
    (resource, context) => ledToFrom(resource, path, context).some((target) => isOf(target, targets)),
    rest,
  );
}

/** The element is a reference to the patient whom the document is about. */
export function isThePatient(numbers: RequirementNumbers, type: ResourceType, path: string, rest?: Rest): Rule {
  return demand(
    numbers,
    type,
    path,
    {
      asked: `refer to the Patient of the document by ${path}`,
      wrong: `${type}.${path} does not lead to the Patient of the document.`,
    },
    (resource, context) => {
      const { patient } = context.message;
      return patient === undefined || ledToFrom(resource, path, context).includes(patient);
    },
    rest,
  );
}
