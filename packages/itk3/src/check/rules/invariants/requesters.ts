// Who can act on behalf of an Organization: a Practitioner or a Device; in a CareTeam a Practitioner alone.
import type { Reference, Resource } from "../../../stu3/types.ts";
import { unless } from "../../look.ts";
import type { CheckContext, Rule } from "../../rule.ts";
import { ledTo } from "../clinical/references.ts";
import { invariantWhere, type OtherElement } from "./invariant.ts";
import { has } from "./values.ts";

interface Acting {
  key: string;
  type: Resource["resourceType"];
  /** The element of the resource that says who acts for whom, and the element of it that says who. */
  holder: string;
  agent: string;
  may: readonly Resource["resourceType"][];
  asked: string;
  wrong: string;
}

const requester = (key: string, type: Resource["resourceType"]): Acting => ({
  key,
  type,
  holder: "requester",
  agent: "agent",
  may: ["Practitioner", "Device"],
  asked: `The requester of a ${type} must have onBehalfOf only where the agent is a Practitioner or a Device`,
  wrong: `The requester of a ${type} has onBehalfOf, and its agent is neither a Practitioner nor a Device.`,
});

const acting: readonly Acting[] = [
  requester("mps-1", "MedicationRequest"),
  requester("rfr-1", "ReferralRequest"),
  requester("cmr-1", "CommunicationRequest"),
  {
    key: "ctm-1",
    type: "CareTeam",
    holder: "participant",
    agent: "member",
    may: ["Practitioner"],
    asked: "A participant of a CareTeam must have onBehalfOf only where the member is a Practitioner",
    wrong: "A participant of a CareTeam has onBehalfOf, and its member is no Practitioner.",
  },
];

export const requesterInvariants: readonly Rule[] = acting.map(({ key, type, holder, agent, may, asked, wrong }) =>
  invariantWhere(key, asked, wrong, (context) =>
    context.elements.ofType(type).flatMap((resource) => {
      const held = [(resource as object as OtherElement)[holder]].flat() as readonly (OtherElement | undefined)[];
      return held.flatMap((element) => {
        if (element === undefined || !has(element, "onBehalfOf")) return [];
        return unless(isOneOf(may, element[agent] as Reference | undefined, resource, context), element, "onBehalfOf");
      });
    }),
  ),
);

// Where neither what the reference leads to nor its own words tell the type, nothing is said: that it leads nowhere is
// another rule's finding.
function isOneOf(
  may: readonly string[],
  agent: Reference | undefined,
  request: Resource,
  context: CheckContext,
): boolean {
  // That it leads to what it may never lead to is another rule's finding.
  if (agent === undefined || context.mistargeted.has(agent)) return true;
  const found = ledTo(request as unknown as Readonly<Record<string, unknown>>, agent, context).map(
    ({ resourceType }) => resourceType,
  );
  const types: readonly string[] = found.length > 0 ? found : typeNamed(agent);
  return types.length === 0 || types.some((type) => may.includes(type));
}

/** `Organization` of `Organization/1` and `https://host/Organization/1/_history/2`. */
function typeNamed({ reference = "" }: Reference): readonly string[] {
  const type = /(?:^|\/)([A-Z][A-Za-z]+)\/[^/]+(?:\/_history\/[^/]+)?$/.exec(reference)?.[1];
  return type === undefined ? [] : [type];
}
