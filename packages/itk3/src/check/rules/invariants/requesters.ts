// Who can act on behalf of an Organization: a Practitioner or a Device.
import type { Reference, Resource } from "../../../stu3/types.ts";
import { unless } from "../../look.ts";
import type { CheckContext, Rule } from "../../rule.ts";
import { ledTo } from "../clinical/references.ts";
import { invariantWhere } from "./invariant.ts";
import { has } from "./values.ts";

const asked = (type: string): string =>
  `The requester of a ${type} must have onBehalfOf only where the agent is a Practitioner or a Device`;
const wrong = (type: string): string =>
  `The requester of a ${type} has onBehalfOf, and its agent is neither a Practitioner nor a Device.`;

export const requesterInvariants: readonly Rule[] = (
  [
    ["mps-1", "MedicationRequest"],
    ["rfr-1", "ReferralRequest"],
  ] as const
).map(([key, type]) =>
  invariantWhere(key, asked(type), wrong(type), (context) =>
    context.elements.ofType(type).flatMap((request) => {
      const { requester } = request;
      if (requester === undefined || !has(requester, "onBehalfOf")) return [];
      return unless(canActForOthers(requester.agent, request, context), requester, "onBehalfOf");
    }),
  ),
);

// Where neither what the reference leads to nor its own words tell the type, nothing is said: that it leads nowhere is
// another rule's finding.
function canActForOthers(agent: Reference | undefined, request: Resource, context: CheckContext): boolean {
  if (agent === undefined) return true;
  const found = ledTo(request as unknown as Readonly<Record<string, unknown>>, agent, context).map(
    ({ resourceType }) => resourceType,
  );
  const types: readonly string[] = found.length > 0 ? found : typeNamed(agent);
  return types.length === 0 || types.includes("Practitioner") || types.includes("Device");
}

/** `Organization` of `Organization/1` and `https://host/Organization/1/_history/2`. */
function typeNamed({ reference = "" }: Reference): readonly string[] {
  const type = /(?:^|\/)([A-Z][A-Za-z]+)\/[^/]+(?:\/_history\/[^/]+)?$/.exec(reference)?.[1];
  return type === undefined ? [] : [type];
}
